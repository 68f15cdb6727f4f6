//! What lies on a server's disk: images, logs, layers, containers of stopped tasks; and what becomes of those who write on a full one.
//!
//! Nothing is counted second by second: a level is worked out from rates when someone asks, and only the next instant at which
//! something happens is in the future. ECS sees none of it (ecs.md §10). Start reading at [`DataPlane::disk_use`] and [`changes`].

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::host::{Host, Power};
use crate::sim::data_plane::task_truth::{Ground, Phase};
use crate::sim::data_plane::transfer::Transfers;
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::{InstanceId, ObservationId, TaskId};
use crate::sim::model::agent_configuration::AgentConfiguration;
use crate::sim::model::ebs_volume::EbsVolume;
use crate::sim::model::task_definition::TaskDefinition;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::Bottleneck;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::Millis;
use crate::sim::tuning::Tuning;

/// Thousandths of a KiB: what is written at one KiB a second in a millisecond, so that levels need no rounding.
type Grains = u64;
/// Of one KiB.
const KIB: Grains = 1_000;
/// Of one MiB.
const MIB: Grains = 1_024 * KIB;

/// The exit code of an app that cannot write. Ledger: disk.full.
const CANNOT_WRITE: i32 = 1;

/// What is special about one server's disk, its volume or its agent; most servers have nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Disk {
    /// Another volume, and another configuration, than those of all servers.
    pub(super) own: Settings,
    /// Containers that write or have written, until their task has stopped.
    writers: BTreeMap<(TaskId, usize), Writer>,
    /// Stopped tasks whose containers the agent has not removed yet, in the order in which they stopped.
    pub(super) remains: VecDeque<Remains>,
    /// Large images that come.
    pub(super) transfers: Transfers,
    /// The observation that it is full.
    full_by: Option<ObservationId>,
    /// The next instant at which something happens.
    wakes_at_ms: Option<Millis>,
}

/// A volume and an agent's configuration, where they are not as they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Settings {
    pub volume: Option<EbsVolume>,
    pub agent: Option<AgentConfiguration>,
}

/// What one container writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Writer {
    /// Written until then.
    since_ms: Millis,
    logs: Grains,
    layer: Grains,
    /// KiB a second since then.
    log_rate: u64,
    layer_rate: u64,
    log_limit: Option<Grains>,
    /// The observation of its start.
    because: Option<ObservationId>,
}

/// The containers of a stopped task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Remains {
    pub(super) stopped_at_ms: Millis,
    pub(super) definition: Rc<TaskDefinition>,
    logs: Grains,
    layers: Grains,
    /// The observation of its end.
    pub(super) because: Option<ObservationId>,
}

impl Remains {
    pub(super) fn mib(&self) -> u64 {
        (self.logs + self.layers) / MIB
    }
}

impl Writer {
    fn settle(&mut self, now_ms: Millis) {
        let length_ms = now_ms - self.since_ms;
        let logs = self.logs + self.log_rate * length_ms;
        self.logs = self.log_limit.map_or(logs, |limit| logs.min(limit.max(self.logs)));
        self.layer += self.layer_rate * length_ms;
        self.since_ms = now_ms;
    }

    fn at(mut self, now_ms: Millis) -> Self {
        self.settle(now_ms);
        self
    }

    /// How fast it really grows, and for how long at most.
    fn growth(&self) -> (u64, Option<Millis>) {
        match self.log_limit {
            Some(limit) if self.logs >= limit => (self.layer_rate, None),
            Some(limit) if self.log_rate > 0 => {
                (self.layer_rate + self.log_rate, Some((limit - self.logs).div_ceil(self.log_rate)))
            }
            Some(_) | None => (self.layer_rate + self.log_rate, None),
        }
    }
}

/// What a disk holds, in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskUse {
    /// Without what the system takes.
    pub capacity_mib: u64,
    pub images_mib: u64,
    /// Logs and layers of containers that have not stopped for good.
    pub logs_mib: u64,
    pub layers_mib: u64,
    /// Those of stopped tasks.
    pub stopped_mib: u64,
    /// It grows by so much.
    pub kib_per_second: u64,
}

impl DiskUse {
    /// All of it.
    pub fn used_mib(&self) -> u64 {
        self.images_mib + self.logs_mib + self.layers_mib + self.stopped_mib
    }
}

/// Something that may matter to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskChange {
    /// An image has come and stays.
    ImageCame,
    ContainerStarted(TaskId, usize),
    ContainerExited(TaskId, usize),
    TaskStopped(TaskId),
    PowerLost,
    AgentStarted,
    /// What was to happen at this instant happens.
    Wake,
}

/// It has happened.
pub(crate) fn changes(data: &mut DataPlane, fx: &mut Effects, instance: InstanceId, change: DiskChange) {
    match change {
        DiskChange::ContainerStarted(task, index) => data.writer_starts(fx, instance, task, index),
        DiskChange::ContainerExited(task, index) => data.writer_ends(fx, instance, task, index),
        DiskChange::TaskStopped(task) => data.containers_remain(fx, instance, task),
        DiskChange::PowerLost => {
            let here = data.hosts[instance].tasks.iter().copied();
            let struck: Vec<_> = here.filter(|task| data.tasks[*task].phase < Phase::Ended).collect();
            for task in struck {
                data.containers_remain(fx, instance, task);
            }
            data.transfers_end(instance);
        }
        DiskChange::ImageCame | DiskChange::AgentStarted => {}
        DiskChange::Wake => {
            if data.hosts[instance].disk.as_ref().is_none_or(|disk| disk.wakes_at_ms != Some(fx.now_ms)) {
                return;
            }
            data.disk_mut(instance).wakes_at_ms = None;
        }
    }
    if data.hosts[instance].disk.is_none() {
        return;
    }
    match change {
        // None of these leaves an image unused: the containers of a stopped task still refer to theirs.
        DiskChange::ImageCame
        | DiskChange::ContainerStarted(..)
        | DiskChange::ContainerExited(..)
        | DiskChange::TaskStopped(_) => data.look_at_levels(fx, instance),
        DiskChange::PowerLost | DiskChange::AgentStarted | DiskChange::Wake => data.look_at_disk(fx, instance),
    }
}

impl DataPlane {
    /// The volume of a server.
    pub fn volume_of(&self, instance: InstanceId, tuning: &Tuning) -> EbsVolume {
        let own = self.hosts[instance].disk.as_ref().and_then(|disk| disk.own.volume);
        own.or(self.fleet.volume).unwrap_or_else(|| EbsVolume::of_size(tuning.platform.server_volume_gib))
    }

    /// How the agent of a server is configured.
    pub fn agent_of(&self, instance: InstanceId, tuning: &Tuning) -> AgentConfiguration {
        let own = self.hosts[instance].disk.as_ref().and_then(|disk| disk.own.agent);
        own.or(self.fleet.agent).unwrap_or_else(|| AgentConfiguration::of(tuning))
    }

    /// What the disk of a server holds now.
    pub fn disk_use(&self, instance: InstanceId, now_ms: Millis, tuning: &Tuning) -> DiskUse {
        let host = &self.hosts[instance];
        let capacity_mib = u64::from(self.volume_of(instance, tuning).size_gib) * 1_024 - tuning.platform.server_system_mib;
        let images_mib = host.images.values().map(|kept| kept.unpacked_mib).sum();
        let mut held = DiskUse { capacity_mib, images_mib, ..DiskUse::default() };
        let Some(disk) = &host.disk else { return held };
        let writers = || disk.writers.values().map(|writer| writer.at(now_ms));
        held.logs_mib = writers().map(|writer| writer.logs).sum::<Grains>() / MIB;
        held.layers_mib = writers().map(|writer| writer.layer).sum::<Grains>() / MIB;
        held.stopped_mib = disk.remains.iter().map(|remains| remains.logs + remains.layers).sum::<Grains>() / MIB;
        held.kib_per_second = writers().map(|writer| writer.growth().0).sum();
        held
    }

    /// Room left on it; below nothing when images have come since.
    fn room(&self, instance: InstanceId, now_ms: Millis, tuning: &Tuning) -> i64 {
        let host = &self.hosts[instance];
        let held = self.disk_use(instance, now_ms, tuning);
        let written: Grains = host
            .disk
            .iter()
            .flat_map(|disk| disk.writers.values())
            .map(|writer| {
                let writer = writer.at(now_ms);
                writer.logs + writer.layer
            })
            .sum();
        let remains: Grains = host.disk.iter().flat_map(|disk| &disk.remains).map(|remains| remains.logs + remains.layers).sum();
        (held.capacity_mib * MIB) as i64 - (held.images_mib * MIB + written + remains) as i64
    }

    /// Is there no room for so much, and what made it so?
    // Ledger: server_volume_gib, disk.full
    pub(super) fn lacks_room(&self, fx: &Effects, instance: InstanceId, for_mib: u64) -> Option<Option<ObservationId>> {
        let host = &self.hosts[instance];
        let full_by = host.disk.as_ref().and_then(|disk| disk.full_by);
        let least = match for_mib {
            0 => 1,
            mib => (mib * MIB) as i64,
        };
        (self.room(instance, fx.now_ms, &fx.tuning) < least).then_some(full_by)
    }

    /// What containers write on it a second, in KiB.
    pub(super) fn written_kib_per_second(&self, instance: InstanceId) -> u64 {
        let writers = self.hosts[instance].disk.iter().flat_map(|disk| disk.writers.values());
        writers.map(|writer| writer.log_rate + writer.layer_rate).sum()
    }

    pub(super) fn disk_mut(&mut self, instance: InstanceId) -> &mut Disk {
        let host = self.hosts.get_mut(instance).expect("the host exists");
        Rc::make_mut(host.disk.get_or_insert_default())
    }

    /// What a container writes a second: to its log as far as that stays here, and into its layer.
    fn rates(&self, task: TaskId, index: usize) -> (u64, u64, Option<Grains>) {
        let truth = &self.tasks[task];
        let definition = truth.container_definition(index);
        let app = self.app(&truth.payload.definition.family);
        let logs = if definition.logs_to_disk() { u64::from(app.log_kib_per_second) } else { 0 };
        (logs, u64::from(app.layer_kib_per_second), definition.log_limit_kib.map(|kib| kib * KIB))
    }

    fn writer_starts(&mut self, fx: &Effects, instance: InstanceId, task: TaskId, index: usize) {
        let (log_rate, layer_rate, log_limit) = self.rates(task, index);
        let known = self.hosts[instance].disk.as_ref().is_some_and(|disk| disk.writers.contains_key(&(task, index)));
        if known || log_rate + layer_rate > 0 {
            let writer = self.disk_mut(instance).writers.entry((task, index)).or_default();
            writer.settle(fx.now_ms);
            *writer = Writer { log_rate, layer_rate, log_limit, because: fx.cause, ..*writer };
        }
    }

    fn writer_ends(&mut self, fx: &Effects, instance: InstanceId, task: TaskId, index: usize) {
        if self.hosts[instance].disk.as_ref().is_some_and(|disk| disk.writers.contains_key(&(task, index))) {
            let writer = self.disk_mut(instance).writers.get_mut(&(task, index)).expect("it was just seen");
            writer.settle(fx.now_ms);
            (writer.log_rate, writer.layer_rate) = (0, 0);
        }
    }

    /// A task has stopped: its containers stay until the agent removes them.
    // Ledger: task_cleanup_wait_ms
    fn containers_remain(&mut self, fx: &Effects, instance: InstanceId, task: TaskId) {
        let truth = &self.tasks[task];
        if truth.containers.iter().all(|container| container.started_at_ms == 0) {
            return;
        }
        let definition = truth.payload.definition.clone();
        let now_ms = fx.now_ms;
        let disk = self.disk_mut(instance);
        let mut remains = Remains { stopped_at_ms: now_ms, definition, logs: 0, layers: 0, because: fx.cause };
        disk.writers.retain(|(of, _), writer| {
            let goes = *of == task;
            if goes {
                writer.settle(now_ms);
                remains.logs += writer.logs;
                remains.layers += writer.layer;
            }
            !goes
        });
        disk.remains.push_back(remains);
    }

    /// What is due is done; then the next instant is found.
    pub(super) fn look_at_disk(&mut self, fx: &mut Effects, instance: InstanceId) {
        self.look_at_levels(fx, instance);
        let due_ms = self.image_clean_up_due(fx, instance);
        self.wake_disk_at(fx, instance, due_ms);
    }

    /// The same without a look for images that nobody uses.
    fn look_at_levels(&mut self, fx: &mut Effects, instance: InstanceId) {
        if self.hosts[instance].power == Power::Terminated {
            return;
        }
        self.clean_up(fx, instance);
        self.disk_may_be_full(fx, instance);
        self.share_bandwidth(fx, instance);
        let due =
            [self.containers_due(fx, instance), self.full_due(fx.now_ms, instance, &fx.tuning), self.transfers_due(fx, instance)];
        self.wake_disk_at(fx, instance, due.into_iter().flatten().min());
    }

    fn wake_disk_at(&mut self, fx: &mut Effects, instance: InstanceId, due_ms: Option<Millis>) {
        let Some(due_ms) = due_ms.filter(|_| self.hosts[instance].disk.is_some()) else { return };
        let disk = self.disk_mut(instance);
        if disk.wakes_at_ms.is_none_or(|at_ms| due_ms < at_ms) {
            disk.wakes_at_ms = Some(due_ms);
            fx.data_timer(due_ms - fx.now_ms, DataTimer::Disk { instance });
        }
    }

    /// On a full disk nobody writes on: logs are lost, and an app that cannot write its files ends.
    // Ledger: disk.full, disk.logs
    fn disk_may_be_full(&mut self, fx: &mut Effects, instance: InstanceId) {
        if self.hosts[instance].disk.as_ref().is_none_or(|disk| disk.writers.is_empty() && disk.full_by.is_none()) {
            return;
        }
        let full = self.room(instance, fx.now_ms, &fx.tuning) <= 0;
        let was_full = self.hosts[instance].disk.as_ref().and_then(|disk| disk.full_by);
        match (full, was_full) {
            (true, Some(_)) | (false, None) => {}
            (false, Some(_)) => self.disk_mut(instance).full_by = None,
            (true, None) => return self.disk_fills(fx, instance),
        }
        self.set_rates(fx, instance, full);
    }

    fn disk_fills(&mut self, fx: &mut Effects, instance: InstanceId) {
        let held = self.disk_use(instance, fx.now_ms, &fx.tuning);
        let fastest = self.hosts[instance].disk.iter().flat_map(|disk| disk.writers.values());
        let because = fastest.max_by_key(|writer| writer.log_rate + writer.layer_rate).and_then(|writer| writer.because);
        fx.because(because, |fx| {
            let filled = fx.lead(Kind::Platform(Rc::new(PlatformFact::DiskFilled {
                instance,
                images_mib: held.images_mib,
                logs_mib: held.logs_mib,
                layers_mib: held.layers_mib,
                stopped_mib: held.stopped_mib,
            })));
            let disk = self.disk_mut(instance);
            disk.full_by = Some(filled);
            let layers = disk.writers.iter().filter(|(_, writer)| writer.layer_rate > 0);
            let cannot_write: Vec<_> = layers.map(|(writer, _)| *writer).collect();
            self.set_rates(fx, instance, true);
            for (task, index) in cannot_write {
                fx.because(Some(filled), |fx| self.exit(fx, task, index, CANNOT_WRITE, false));
            }
        });
    }

    /// Everyone who runs writes as its app does, or nobody does.
    fn set_rates(&mut self, fx: &Effects, instance: InstanceId, full: bool) {
        let writers: Vec<_> = self.hosts[instance].disk.iter().flat_map(|disk| disk.writers.keys().copied()).collect();
        for (task, index) in writers {
            let runs = !full && self.tasks.get(task).is_some_and(|truth| truth.containers[index].state.is_alive());
            let (log_rate, layer_rate, _) = if runs { self.rates(task, index) } else { (0, 0, None) };
            let writer = self.disk_mut(instance).writers.get_mut(&(task, index)).expect("it was just seen");
            writer.settle(fx.now_ms);
            (writer.log_rate, writer.layer_rate) = (log_rate, layer_rate);
        }
    }

    /// When it will be full at this rate, or some log will have reached the size at which it is rotated.
    fn full_due(&self, now_ms: Millis, instance: InstanceId, tuning: &Tuning) -> Option<Millis> {
        let disk = self.hosts[instance].disk.as_ref()?;
        let growth = || disk.writers.values().map(|writer| writer.at(now_ms).growth());
        let rate: u64 = growth().map(|(rate, _)| rate).sum();
        let room = u64::try_from(self.room(instance, now_ms, tuning)).unwrap_or(0);
        let full_ms = (rate > 0).then(|| room.div_ceil(rate).max(1));
        growth().filter_map(|(_, until_ms)| until_ms).chain(full_ms).min().map(|after_ms| now_ms + after_ms)
    }

    /// The apps of a family write so much from now on.
    pub(crate) fn set_disk_writes(&mut self, fx: &mut Effects, family: &Rc<str>, log: Option<u32>, layer: Option<u32>) {
        let app = Rc::make_mut(&mut self.apps).entry(family.clone()).or_default();
        app.log_kib_per_second = log.unwrap_or(app.log_kib_per_second);
        app.layer_kib_per_second = layer.unwrap_or(app.layer_kib_per_second);
        let fact = PlatformFact::DiskWritesSet {
            family: family.clone(),
            log_kib_per_second: app.log_kib_per_second,
            layer_kib_per_second: app.layer_kib_per_second,
        };
        fx.lead(Kind::Platform(Rc::new(fact)));
        let running = self.tasks.iter().filter(|(_, truth)| truth.payload.definition.family == *family);
        let running: Vec<_> = running
            .filter_map(|(task, truth)| match truth.ground {
                Ground::Host(instance) if truth.phase < Phase::Ended => Some((task, instance, truth.containers.len())),
                Ground::Host(_) | Ground::Fargate => None,
            })
            .collect();
        for (task, instance, containers) in running {
            for index in (0..containers).filter(|index| self.tasks[task].containers[*index].state.is_alive()).collect::<Vec<_>>()
            {
                changes(self, fx, instance, DiskChange::ContainerStarted(task, index));
            }
        }
    }

    /// A server, or every server, gets another volume or another configuration of its agent.
    pub(crate) fn settle_servers(&mut self, fx: &mut Effects, of: Option<InstanceId>, change: impl Fn(&mut Settings)) {
        let instances: Vec<InstanceId> = match of {
            Some(instance) => vec![instance],
            None => {
                change(&mut self.fleet);
                self.hosts.ids().collect()
            }
        };
        for instance in instances {
            // One that has nothing of its own follows the others.
            if of.is_some() || self.hosts[instance].disk.as_ref().is_some_and(|disk| disk.own != Settings::default()) {
                change(&mut self.disk_mut(instance).own);
            }
            if self.hosts[instance].disk.is_some() {
                self.look_at_disk(fx, instance);
            }
        }
    }
}

impl DataPlane {
    /// What must hold of a server's disk between any two events.
    pub(crate) fn disk_is_sound(&self, instance: InstanceId, now_ms: Millis, tuning: &Tuning) -> Result<(), String> {
        let Some(disk) = &self.hosts[instance].disk else { return Ok(()) };
        let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("{what}: {disk:?}")) };
        let room = self.room(instance, now_ms, tuning);
        must(disk.wakes_at_ms.is_none_or(|at_ms| at_ms >= now_ms), "it sleeps on")?;
        must(disk.remains.iter().map(|remains| remains.stopped_at_ms).is_sorted(), "stopped tasks out of order")?;
        must(disk.transfers.is_empty() || disk.wakes_at_ms.is_some(), "a pull that nobody waits for")?;
        for ((task, index), writer) in &disk.writers {
            let truth = self.tasks.get(*task).ok_or_else(|| format!("task {} writes and is gone", task.0))?;
            must(truth.ground == Ground::Host(instance), "it is written on from elsewhere")?;
            let writes = writer.log_rate + writer.layer_rate > 0;
            must(!writes || truth.containers[*index].state.is_alive(), "a container writes that does not run")?;
            must(!writes || disk.full_by.is_none(), "someone writes on a full disk")?;
            must(!writes || room > 0 || disk.wakes_at_ms == Some(now_ms), "it is full and nobody notices")?;
        }
        let due_ms = self.full_due(now_ms, instance, tuning);
        must(due_ms.is_none_or(|due_ms| disk.wakes_at_ms.is_some_and(|at_ms| at_ms <= due_ms)), "it sleeps while it fills")
    }
}

impl Host {
    /// How fast the image of a container comes, in KiB a second, and what holds it back; of large images only.
    pub fn pull_of(&self, task: TaskId, index: usize) -> Option<(u64, Option<Bottleneck>)> {
        self.disk.as_ref().and_then(|disk| disk.transfers.of(task, index))
    }

    /// It is full of what was written on it, and what said so.
    pub fn disk_full_by(&self) -> Option<ObservationId> {
        self.disk.as_ref().and_then(|disk| disk.full_by)
    }
}
