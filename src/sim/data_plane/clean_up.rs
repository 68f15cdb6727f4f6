//! The agent tidies its server: containers of tasks that stopped long ago, images that no container uses (ecs.md §2.3).

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::sim::data_plane::DataPlane;
use crate::sim::data_plane::task_truth::Phase;
use crate::sim::effects::Effects;
use crate::sim::ids::InstanceId;
use crate::sim::observation::Kind;
use crate::sim::observation::platform::PlatformFact;
use crate::sim::time::Millis;

impl DataPlane {
    /// Removes what is due. Without an agent nobody does.
    pub(super) fn clean_up(&mut self, fx: &mut Effects, instance: InstanceId) {
        if !self.hosts[instance].has_agent() {
            return;
        }
        self.remove_containers(fx, instance);
        self.remove_images(fx, instance);
    }

    /// When the next containers are to be removed.
    pub(super) fn containers_due(&self, fx: &Effects, instance: InstanceId) -> Option<Millis> {
        let host = &self.hosts[instance];
        let oldest = host.disk.as_ref().and_then(|disk| disk.remains.front()).filter(|_| host.has_agent())?;
        Some(oldest.stopped_at_ms + self.agent_of(instance, &fx.tuning).task_cleanup_wait_ms)
    }

    // Ledger: task_cleanup_wait_ms
    fn remove_containers(&mut self, fx: &mut Effects, instance: InstanceId) {
        let wait_ms = self.agent_of(instance, &fx.tuning).task_cleanup_wait_ms;
        let remains = self.hosts[instance].disk.iter().flat_map(|disk| &disk.remains);
        let due = remains.take_while(|remains| remains.stopped_at_ms + wait_ms <= fx.now_ms).count();
        if due == 0 {
            return;
        }
        let removed: Vec<_> = self.disk_mut(instance).remains.drain(..due).collect();
        let freed_mib = removed.iter().map(|remains| remains.mib()).sum();
        let because = removed.last().and_then(|remains| remains.because);
        let fact = PlatformFact::ContainersRemoved { instance, tasks: due as u32, freed_mib };
        let observed = fx.because(because, |fx| fx.observe(Kind::Platform(Rc::new(fact))));
        fx.cause = Some(observed);
    }

    /// Images that a container still refers to, stopped ones too.
    fn images_in_use(&self, instance: InstanceId) -> BTreeSet<&Rc<str>> {
        let host = &self.hosts[instance];
        let here = host.tasks.iter().filter_map(|task| self.tasks.get(*task));
        let alive = here.filter(|truth| matches!(truth.phase, Phase::Starting | Phase::Running | Phase::Ending));
        let stopped = host.disk.iter().flat_map(|disk| &disk.remains);
        let definitions = alive.map(|truth| &truth.payload.definition).chain(stopped.map(|remains| &remains.definition));
        definitions.flat_map(|definition| &definition.containers).map(|container| &container.image).collect()
    }

    /// The next cycle, counted from the launch of the server.
    fn cycle_at(&self, instance: InstanceId, from_ms: Millis, interval_ms: Millis) -> Millis {
        let launched_ms = self.hosts[instance].launched_at_ms;
        launched_ms + from_ms.saturating_sub(launched_ms).div_ceil(interval_ms).max(1) * interval_ms
    }

    /// The next cycle that finds an image to remove.
    // Ledger: image_cleanup_interval_ms, agent.images
    pub(super) fn image_clean_up_due(&self, fx: &Effects, instance: InstanceId) -> Option<Millis> {
        let agent = self.agent_of(instance, &fx.tuning);
        if !agent.removes_images() || !self.hosts[instance].has_agent() {
            return None;
        }
        let in_use = self.images_in_use(instance);
        let unused = self.hosts[instance].images.iter().filter(|(image, _)| !in_use.contains(image));
        let old_ms = unused.map(|(_, kept)| kept.pulled_at_ms + agent.image_minimum_age_ms).min()?;
        let from_ms = old_ms.max(fx.now_ms + 1);
        Some(self.cycle_at(instance, from_ms, agent.image_cleanup_interval_ms))
    }

    fn remove_images(&mut self, fx: &mut Effects, instance: InstanceId) {
        let agent = self.agent_of(instance, &fx.tuning);
        let now_ms = fx.now_ms;
        if !agent.removes_images() || self.cycle_at(instance, now_ms, agent.image_cleanup_interval_ms) != now_ms {
            return;
        }
        let in_use = self.images_in_use(instance);
        let host = &self.hosts[instance];
        let unused = host.images.iter().filter(|(image, _)| !in_use.contains(image));
        let mut old: Vec<_> = unused
            .filter(|(_, kept)| kept.pulled_at_ms + agent.image_minimum_age_ms <= now_ms)
            .map(|(image, kept)| (kept.used_at_ms, image.clone()))
            .collect();
        old.sort();
        for (_, image) in old.into_iter().take(agent.images_per_cleanup as usize) {
            let removed = self.hosts.get_mut(instance).expect("the host exists").images.remove(&image);
            let freed_mib = removed.map_or(0, |kept| kept.unpacked_mib);
            fx.observe(Kind::Platform(Rc::new(PlatformFact::ImageRemoved { instance, image, freed_mib })));
        }
    }
}
