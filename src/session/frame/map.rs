//! A zone with so many servers that each is a few pixels.

use std::rc::Rc;

use crate::session::frame::Tone;
use crate::sim::ids::InstanceId;

/// All servers of a zone, seen from above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneMap {
    pub cells: Vec<MapCell>,
    /// `1,660 ACTIVE, 7 UNKNOWN`.
    pub words: Rc<str>,
    /// The sentence of the selected server, where it is one of these.
    pub selected: Option<(usize, Rc<str>)>,
}

/// One server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapCell {
    pub instance: InstanceId,
    /// Reserved, in thousandths of what it has.
    pub cpu_permille: u16,
    pub memory_permille: u16,
    pub tone: Tone,
}
