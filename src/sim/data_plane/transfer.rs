//! Large pulls of one server share its network and its volume, which no scheduler of ECS sees (ecs.md §10).
//!
//! A transfer has an amount left and a speed; speeds are found anew when a transfer begins or ends, when someone begins or ends to write
//! on the volume, and when burst credits are spent. Start reading at [`DataPlane::share_bandwidth`].

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::contention::{Claim, share};
use crate::sim::data_plane::task_truth::ContainerState;
use crate::sim::effects::Effects;
use crate::sim::event::DataTimer;
use crate::sim::ids::{InstanceId, ObservationId, TaskId};
use crate::sim::model::bandwidth;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::{Bottleneck, PlatformFact};
use crate::sim::time::{Millis, SECOND};

/// The pulls of one server, and what it has left of its bursts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Transfers {
    pulls: BTreeMap<(TaskId, usize), Transfer>,
    settled_at_ms: Millis,
    network: Burst,
    volume: Burst,
    /// What holds the pulls back, and the observation of that.
    held_back: Option<(Bottleneck, ObservationId)>,
}

/// One pull, as far as it shares. Pulls of one image come together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Transfer {
    image: Rc<str>,
    /// Thousandths of a KiB to go, and KiB a second.
    left: u64,
    speed: u64,
    /// Alone it would be this fast.
    fastest: u64,
    /// What a small image takes is still to come.
    then_ms: Millis,
    turn: u32,
    /// Its beginning, or what has held it back.
    because: Option<ObservationId>,
}

/// Credits for being faster than what is for ever: in thousandths, and so much a second is spent now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Burst {
    spent: u64,
    spending: i64,
    /// Nothing is left; it must fill up a little before it helps again.
    over: bool,
}

impl Burst {
    fn settle(&mut self, length_ms: Millis, size: u64) {
        let change = self.spending * length_ms as i64;
        self.spent = self.spent.saturating_add_signed(change).min(size);
        self.over = self.over && self.spent * 10 > size * 9;
    }

    /// When the last of it is spent.
    fn lasts_ms(&self, size: u64) -> Option<Millis> {
        let spending = u64::try_from(self.spending).ok().filter(|spending| *spending > 0 && !self.over)?;
        let left = size.saturating_sub(self.spent);
        (left > 0).then(|| left.div_ceil(spending))
    }
}

/// What a server can carry, in KiB a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bandwidth {
    /// For pulls and answers together: now, and for ever.
    pub network: u64,
    pub network_for_ever: u64,
    pub network_used: u64,
    /// For pulls and writers together.
    pub volume: u64,
    pub volume_for_ever: u64,
    pub volume_used: u64,
    /// Large images that come.
    pub pulls: usize,
}

/// Kilobits a second in KiB a second.
fn kib_of(kbps: u64) -> u64 {
    kbps * 125 / 1_024
}

impl DataPlane {
    /// A large image comes to a server: what a small one takes comes after.
    pub(super) fn transfer_begins(
        &mut self,
        fx: &mut Effects,
        instance: InstanceId,
        task: TaskId,
        index: usize,
        usual_ms: Millis,
    ) {
        let truth = self.tasks.get_mut(task).expect("the task starts");
        truth.containers[index].started_at_ms = fx.now_ms.max(1);
        let turn = truth.turn;
        let image = truth.container_definition(index).image.clone();
        let more_mib = u64::from(self.images.size_mib(&image, &fx.tuning) - fx.tuning.platform.image_size_mib);
        let (left, alone) = (more_mib * 1_024 * 1_000, fx.tuning.platform.pull_mib_per_second * 1_024);
        let alone_ms = left.div_ceil(alone);
        // A slow registry is slow for all; how slow is found when the pull begins.
        let fastest = (left / self.images.pull_ms(alone_ms).max(1)).clamp(1, alone);
        let then_ms = self.images.pull_ms(usual_ms);
        self.settle_transfers(fx, instance);
        let pulls = &mut self.disk_mut(instance).transfers.pulls;
        let left = pulls.values().find(|pull| pull.image == image).map_or(left, |pull| pull.left);
        let transfer = Transfer { image, left, speed: 0, fastest, then_ms, turn, because: fx.cause };
        pulls.insert((task, index), transfer);
        self.look_at_disk(fx, instance);
    }

    /// What a server can carry now, and what it carries.
    pub fn bandwidth_of(&self, instance: InstanceId, tuning: &crate::sim::tuning::Tuning) -> Bandwidth {
        let host = &self.hosts[instance];
        let transfers = host.disk.as_ref().map(|disk| &disk.transfers);
        let (network_over, volume_over) =
            transfers.map_or((false, false), |transfers| (transfers.network.over, transfers.volume.over));
        let speed: u64 = transfers.map_or(0, Transfers::speed);
        let (baseline, burst) = (bandwidth::baseline_kbps(host.instance_type), bandwidth::burst_kbps(host.instance_type));
        let volume = self.volume_of(instance, tuning);
        let io_kib = tuning.platform.volume_io_kib;
        let carries = |iops: u64| (iops * io_kib).min(u64::from(volume.most_mib_per_second()) * 1_024);
        Bandwidth {
            network: kib_of(if network_over { baseline } else { burst }),
            network_for_ever: kib_of(baseline),
            network_used: kib_of(self.answers_kbps(instance)) + speed,
            volume: carries(if volume_over { volume.iops_for_ever() } else { volume.most_iops() }),
            volume_for_ever: carries(volume.iops_for_ever()),
            volume_used: self.written_kib_per_second(instance) + speed * tuning.platform.unpacked_percent / 100,
            pulls: transfers.map_or(0, |transfers| transfers.images().len()),
        }
    }

    /// How many burst credits there are: those of the network in KiB, those of a gp2 volume in I/O operations, in thousandths.
    fn bursts(&self, fx: &Effects, instance: InstanceId) -> (u64, u64) {
        let kind = self.hosts[instance].instance_type;
        let above = kib_of(bandwidth::burst_kbps(kind) - bandwidth::baseline_kbps(kind));
        (above * fx.tuning.platform.network_burst_ms, self.volume_of(instance, &fx.tuning).burst_operations() * SECOND)
    }

    /// What has come and what has been spent since the last look.
    pub(super) fn settle_transfers(&mut self, fx: &Effects, instance: InstanceId) {
        let Some(disk) = &self.hosts[instance].disk else { return };
        let length_ms = fx.now_ms - disk.transfers.settled_at_ms;
        let (network, volume) = self.bursts(fx, instance);
        let transfers = &mut self.disk_mut(instance).transfers;
        transfers.settled_at_ms = fx.now_ms;
        transfers.network.settle(length_ms, network);
        transfers.volume.settle(length_ms, volume);
        for pull in transfers.pulls.values_mut() {
            pull.left = pull.left.saturating_sub(pull.speed * length_ms);
        }
    }

    /// Ends what has come, and shares the bandwidth among the rest.
    // Ledger: pull.bandwidth, volume_io_kib, network_burst_ms
    pub(super) fn share_bandwidth(&mut self, fx: &mut Effects, instance: InstanceId) {
        let Some(disk) = &self.hosts[instance].disk else { return };
        let rests = disk.transfers == Transfers { settled_at_ms: disk.transfers.settled_at_ms, ..Transfers::default() };
        if rests && self.written_kib_per_second(instance) == 0 {
            return;
        }
        self.settle_transfers(fx, instance);
        self.end_transfers(fx, instance);
        self.spend_bursts(fx, instance);
        self.set_speeds(fx, instance);
    }

    fn end_transfers(&mut self, fx: &mut Effects, instance: InstanceId) {
        let pulls = self.hosts[instance].disk.iter().flat_map(|disk| &disk.transfers.pulls);
        let stale = |(task, index): (TaskId, usize), pull: &Transfer| {
            let truth = self.tasks.get(task).filter(|truth| truth.turn == pull.turn);
            truth.is_none_or(|truth| truth.containers[index].state != ContainerState::Pulling)
        };
        let over: Vec<_> =
            pulls.filter(|(id, pull)| pull.left == 0 || stale(**id, pull)).map(|(id, pull)| (*id, pull.clone())).collect();
        for ((task, index), pull) in over {
            self.disk_mut(instance).transfers.pulls.remove(&(task, index));
            if pull.left == 0 {
                let step = DataTimer::ContainerStep { task, container: index as u8, turn: pull.turn };
                fx.because(pull.because, |fx| fx.data_timer(pull.then_ms, step));
            }
        }
    }

    /// Says which bursts are over.
    fn spend_bursts(&mut self, fx: &mut Effects, instance: InstanceId) {
        let (network, volume) = self.bursts(fx, instance);
        let transfers = &mut self.disk_mut(instance).transfers;
        let newest = transfers.pulls.values().filter_map(|pull| pull.because).max();
        for (what, burst, size) in
            [(Bottleneck::Network, &mut transfers.network, network), (Bottleneck::Volume, &mut transfers.volume, volume)]
        {
            if size > 0 && burst.spent >= size && !burst.over && burst.spending > 0 {
                burst.over = true;
                fx.because(newest, |fx| fx.observe(Kind::Platform(Rc::new(PlatformFact::BurstSpent { instance, what }))));
            }
        }
    }

    fn set_speeds(&mut self, fx: &mut Effects, instance: InstanceId) {
        let carries = self.bandwidth_of(instance, &fx.tuning);
        let written = self.written_kib_per_second(instance);
        let answers = kib_of(self.answers_kbps(instance));
        let unpacked = fx.tuning.platform.unpacked_percent;
        // Answers and writers go first; some always comes through.
        let by_network = carries.network.saturating_sub(answers).max(carries.network / 10);
        let by_volume = carries.volume.saturating_sub(written).max(carries.volume / 10) * 100 / unpacked;
        let total = by_network.min(by_volume).max(1);
        let transfers = &self.hosts[instance].disk.as_ref().expect("there are transfers").transfers;
        let images = transfers.images();
        let claims: Vec<Claim> = images.values().map(|fastest| Claim { weight: 1, demand: *fastest }).collect();
        let speeds = share(total, &claims);
        let speed_of: BTreeMap<Rc<str>, u64> = images.into_keys().zip(speeds.iter().map(|speed| (*speed).max(1))).collect();
        let wanted: u64 = claims.iter().map(|claim| claim.demand).sum();
        let bottleneck = if by_volume <= by_network { Bottleneck::Volume } else { Bottleneck::Network };
        let held_back = self.say_what_holds_back(fx, instance, (wanted > total).then_some(bottleneck), &speeds);
        let (iops_for_ever, io_kib) = (self.volume_of(instance, &fx.tuning).iops_for_ever(), fx.tuning.platform.volume_io_kib);
        let transfers = &mut self.disk_mut(instance).transfers;
        for pull in transfers.pulls.values_mut() {
            pull.speed = speed_of[&pull.image];
            if let Some((_, because)) = held_back {
                pull.because = Some(because);
            }
        }
        let speed = transfers.speed();
        let operations = (written + speed * unpacked / 100).div_ceil(io_kib);
        transfers.network.spending = (answers + speed) as i64 - carries.network_for_ever as i64;
        transfers.volume.spending = operations as i64 - iops_for_ever as i64;
    }

    /// Says so when something begins to hold pulls back, or something else does.
    fn say_what_holds_back(
        &mut self,
        fx: &mut Effects,
        instance: InstanceId,
        bottleneck: Option<Bottleneck>,
        speeds: &[u64],
    ) -> Option<(Bottleneck, ObservationId)> {
        let before = self.hosts[instance].disk.as_ref().and_then(|disk| disk.transfers.held_back);
        let now = match (bottleneck, before) {
            (Some(bottleneck), Some((same, because))) if bottleneck == same => Some((bottleneck, because)),
            (Some(bottleneck), _) => {
                let kib_per_second = speeds.iter().min().copied().unwrap_or(0);
                let pulls = speeds.len() as u32;
                let fact = PlatformFact::PullsHeldBack { instance, bottleneck, pulls, kib_per_second };
                Some((bottleneck, fx.observe(Kind::Platform(Rc::new(fact)))))
            }
            (None, _) => None,
        };
        self.disk_mut(instance).transfers.held_back = now;
        now
    }

    /// When a pull has come, or a burst is spent.
    pub(super) fn transfers_due(&self, fx: &Effects, instance: InstanceId) -> Option<Millis> {
        let transfers = &self.hosts[instance].disk.as_ref()?.transfers;
        let (network, volume) = self.bursts(fx, instance);
        let pulls = transfers.pulls.values().map(|pull| pull.left.div_ceil(pull.speed.max(1)).max(1));
        let bursts = [transfers.network.lasts_ms(network), transfers.volume.lasts_ms(volume)].into_iter().flatten();
        pulls.chain(bursts).min().map(|due_ms| fx.now_ms + due_ms)
    }

    /// Nothing comes any more.
    pub(super) fn transfers_end(&mut self, instance: InstanceId) {
        if self.hosts[instance].disk.is_some() {
            self.disk_mut(instance).transfers.pulls.clear();
        }
    }
}

impl Transfers {
    /// Each image that comes, once, and how fast it would come alone.
    fn images(&self) -> BTreeMap<Rc<str>, u64> {
        let mut images = BTreeMap::new();
        for pull in self.pulls.values() {
            images.entry(pull.image.clone()).or_insert(pull.fastest);
        }
        images
    }

    /// How fast they come together.
    fn speed(&self) -> u64 {
        let first_of_its_image = |(id, pull): &(&(TaskId, usize), &Transfer)| {
            self.pulls.iter().find(|(_, other)| other.image == pull.image).map(|(first, _)| first) == Some(*id)
        };
        self.pulls.iter().filter(first_of_its_image).map(|(_, pull)| pull.speed).sum()
    }

    /// Nothing is under way.
    pub(super) fn is_empty(&self) -> bool {
        self.pulls.is_empty()
    }

    /// How fast it comes, in KiB a second, and what holds it back.
    pub(super) fn of(&self, task: TaskId, index: usize) -> Option<(u64, Option<Bottleneck>)> {
        self.pulls.get(&(task, index)).map(|pull| (pull.speed, self.held_back.map(|(bottleneck, _)| bottleneck)))
    }
}
