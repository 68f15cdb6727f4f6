//! The only road between agents and the control plane: delay, loss and cuts.
//!
//! A message is a packet of a TCP connection: packets arrive in order, a lost one is sent again later, and while the
//! road is cut nothing arrives. The wire decides when a message arrives, or that it never does; it does not read it.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::sim::fault::Direction;
use crate::sim::ids::{FaultId, InstanceId, ObservationId};
use crate::sim::random::{Concern, Stream};
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    ToAgent,
    ToControlPlane,
}

/// One thing wrong with a road.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    Cut(Direction),
    Loss { percent: u8 },
    Delay { extra_ms: Millis },
}

/// The road to one instance. Every message passes here, so it is small and lies beside the others.
#[derive(Clone, Debug, Default)]
struct Link {
    /// Messages sent so far, either way: the key of the next message's chance.
    sent: u64,
    last_arrival_ms: [Millis; 2],
    /// What is or was wrong; most roads have nothing.
    record: Option<Rc<Record>>,
}

/// Does the instance itself speak, whatever its road?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Voice {
    #[default]
    Heard,
    /// Something has made it silent: lost power, a stopped agent.
    Silent(ObservationId),
    /// It speaks again and has not been heard yet: what made it silent is still why nothing comes.
    Returns(ObservationId),
}

/// What is or was wrong with a road.
#[derive(Clone, Debug, Default)]
struct Record {
    troubles: Vec<(FaultId, Trouble)>,
    /// What cut the road, or the loss that showed it, until the instance is heard again.
    cut_by: Option<ObservationId>,
    /// The newest trouble, over or not: what it held up comes late.
    troubled_by: Option<ObservationId>,
    voice: Voice,
    /// Some message has been lost since the road was last whole.
    losing: bool,
}

/// All roads.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// By id of the instance, from 1.
    links: Vec<Link>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passage {
    Arrives(Millis),
    /// Lost; `first` when it is the first since the road was whole.
    Lost {
        first: bool,
    },
}

/// A packet lost this often in a row gets through at last: TCP does not give up sooner than people do.
/// Ledger: retransmission_ms.
const RETRANSMISSIONS: u32 = 8;

impl Wire {
    /// Opens the road to a new instance. Instances are opened in order of their ids.
    pub fn open(&mut self, instance: InstanceId) {
        self.links.push(Link::default());
        debug_assert_eq!(self.links.len(), instance.0 as usize);
    }

    /// Puts a trouble on the road to an instance.
    pub fn trouble(&mut self, instance: InstanceId, fault: FaultId, trouble: Trouble, because: ObservationId) {
        if let Some(record) = self.record_mut(instance) {
            if matches!(trouble, Trouble::Cut(_)) && !record.has_a_cut() {
                record.cut_by = Some(because);
            }
            record.troubled_by = Some(because);
            record.troubles.push((fault, trouble));
        }
    }

    /// Takes a fault's trouble off every road; returns the roads that are passable again after having lost messages.
    pub fn heal(&mut self, fault: FaultId) -> Vec<InstanceId> {
        let instances = (1..=self.links.len() as u32).map(InstanceId);
        let struck: Vec<_> = instances.filter(|instance| self.troubles(*instance).iter().any(|(id, _)| *id == fault)).collect();
        struck.into_iter().filter(|instance| self.heal_one(*instance, fault)).collect()
    }

    fn heal_one(&mut self, instance: InstanceId, fault: FaultId) -> bool {
        let Some(record) = self.record_mut(instance) else { return false };
        record.troubles.retain(|(id, _)| *id != fault);
        let again = !record.has_a_cut() && record.losing;
        record.losing &= record.has_a_cut();
        again
    }

    /// The instance has been heard: what had silenced it is over, unless the road is still in trouble.
    pub(crate) fn heard(&mut self, instance: InstanceId) {
        if self.record(instance).is_some_and(|record| record.cut_by.is_some() && !record.has_a_cut())
            && let Some(record) = self.record_mut(instance)
        {
            record.cut_by = None;
        }
    }

    /// Notes what made an instance silent other than the road: lost power, a stopped agent.
    pub fn silenced(&mut self, instance: InstanceId, because: ObservationId) {
        if let Some(record) = self.record_mut(instance) {
            record.voice = Voice::Silent(because);
        }
    }

    /// What made an instance silent is over; it stays the cause of its silence until it is heard.
    pub fn speaks_again(&mut self, instance: InstanceId) {
        if let Some(Voice::Silent(because)) = self.record(instance).map(|record| record.voice)
            && let Some(record) = self.record_mut(instance)
        {
            record.voice = Voice::Returns(because);
        }
    }

    /// An instance that speaks again is heard.
    pub fn heard_again(&mut self, instance: InstanceId) {
        if let Some(Voice::Returns(_)) = self.record(instance).map(|record| record.voice)
            && let Some(record) = self.record_mut(instance)
        {
            record.voice = Voice::Heard;
        }
    }

    /// Notes the first message lost since the road was whole.
    pub fn messages_lost(&mut self, instance: InstanceId, lost: ObservationId) {
        if let Some(record) = self.record_mut(instance) {
            record.cut_by = Some(lost);
        }
    }

    /// What cut the road to the instance, until it is heard again.
    pub fn cut_by(&self, instance: InstanceId) -> Option<ObservationId> {
        self.record(instance)?.cut_by
    }

    /// What made the instance silent, as far as the narrator knows: the earliest of what stopped it and what cut its road.
    pub fn silence(&self, instance: InstanceId) -> Option<ObservationId> {
        let record = self.record(instance)?;
        record.cut_by.into_iter().chain(record.voice.silent_by()).min().or(record.troubled_by)
    }

    /// True when nothing can pass that way.
    pub fn is_cut(&self, instance: InstanceId, way: Way) -> bool {
        match self.links.get(slot_of(instance)) {
            Some(link) => link.record.as_ref().is_some_and(|record| record.is_cut(way)),
            None => true,
        }
    }

    /// Troubles on the road to an instance.
    pub fn troubles(&self, instance: InstanceId) -> &[(FaultId, Trouble)] {
        self.record(instance).map_or(&[], |record| &record.troubles)
    }

    /// Sends one message.
    pub fn send(&mut self, instance: InstanceId, way: Way, now_ms: Millis, seed: u64, tuning: &Tuning) -> Passage {
        let Some(link) = self.links.get_mut(slot_of(instance)) else { return Passage::Lost { first: false } };
        link.sent += 1;
        let mut chance = Stream::of(seed, Concern::WireDelay, &[u64::from(instance.0), link.sent]);
        let mut delay_ms = chance.from_quantiles(&tuning.wire_delay_ms);
        if let Some(record) = link.record.as_mut().filter(|record| !record.troubles.is_empty()) {
            match record.troubled_delay(way, &mut chance, tuning) {
                Some(extra_ms) => delay_ms += extra_ms,
                None => return Passage::Lost { first: !std::mem::replace(&mut Rc::make_mut(record).losing, true) },
            }
        }
        let last = &mut link.last_arrival_ms[way as usize];
        *last = (now_ms + delay_ms).max(*last);
        Passage::Arrives(*last)
    }

    fn record(&self, instance: InstanceId) -> Option<&Record> {
        self.links.get(slot_of(instance))?.record.as_deref()
    }

    fn record_mut(&mut self, instance: InstanceId) -> Option<&mut Record> {
        let link = self.links.get_mut(slot_of(instance))?;
        Some(Rc::make_mut(link.record.get_or_insert_default()))
    }
}

fn slot_of(instance: InstanceId) -> usize {
    (instance.0 as usize).wrapping_sub(1)
}

/// A road without a record hashes as one whose record is blank.
impl Hash for Wire {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.links.len().hash(hasher);
        let blank = Record::default();
        for link in &self.links {
            let Record { troubles, cut_by, troubled_by, voice, losing } = link.record.as_deref().unwrap_or(&blank);
            // Each as one of a table's rows: hashes of runs are written down.
            let voice = (voice.silent_by(), matches!(voice, Voice::Returns(_)));
            Some((troubles, link.sent, link.last_arrival_ms, cut_by, troubled_by, voice, losing)).hash(hasher);
        }
        self.links.len().hash(hasher);
    }
}

impl Voice {
    fn silent_by(self) -> Option<ObservationId> {
        match self {
            Self::Heard => None,
            Self::Silent(because) | Self::Returns(because) => Some(because),
        }
    }
}

impl Record {
    fn has_a_cut(&self) -> bool {
        self.troubles.iter().any(|(_, trouble)| matches!(trouble, Trouble::Cut(_)))
    }

    fn is_cut(&self, way: Way) -> bool {
        self.troubles.iter().any(|(_, trouble)| match trouble {
            Trouble::Cut(Direction::Both) => true,
            Trouble::Cut(Direction::ToControlPlane) => way == Way::ToControlPlane,
            Trouble::Cut(Direction::ToAgent) => way == Way::ToAgent,
            Trouble::Loss { .. } | Trouble::Delay { .. } => false,
        })
    }

    fn troubled_delay(&self, way: Way, chance: &mut Stream, tuning: &Tuning) -> Option<Millis> {
        if self.is_cut(way) {
            return None;
        }
        let mut delay_ms = 0;
        for (_, trouble) in self.troubles.iter() {
            match trouble {
                Trouble::Cut(_) => {}
                Trouble::Delay { extra_ms } => delay_ms += extra_ms,
                Trouble::Loss { percent } => {
                    let losses = (0..RETRANSMISSIONS).take_while(|_| chance.percent(u64::from(*percent))).count() as u32;
                    delay_ms += tuning.retransmission_ms * ((1 << losses) - 1);
                }
            }
        }
        Some(delay_ms)
    }
}
