//! Alarms that a deployment watches (ecs.md §4.6): one that turns to ALARM fails it, until the bake time after its last step is over.

use crate::sim::control_plane::ControlPlane;
use crate::sim::control_plane::circuit_breaker::Back;
use crate::sim::effects::Effects;
use crate::sim::ids::ServiceId;
use crate::sim::model::alarm::AlarmState;
use crate::sim::observation::FailedBecause;

impl ControlPlane {
    /// Reads the alarms of a deployment in progress.
    pub(crate) fn watch_alarms(&mut self, fx: &mut Effects, id: ServiceId) {
        let service = &self.services[id];
        let Some(configuration) = service.configuration.clone().filter(|known| known.alarms.enable) else { return };
        if !service.deployment_in_progress() || service.has_no_way_back() {
            return;
        }
        let names = configuration.alarms.alarm_names.iter();
        let ringing: Vec<_> = names.filter(|name| self.alarms.get(*name) == Some(&AlarmState::Alarm)).cloned().collect();
        let watch = &mut self.services.get_mut(id).expect("the service exists").primary_mut().watch;
        // Ledger: deployment.alarms-ignored.
        let ignored = watch.ignored_alarms.get_or_insert_with(|| ringing.clone());
        let Some(alarm) = ringing.iter().find(|name| !ignored.contains(name)) else { return };
        let back = configuration.alarms.rollback.then_some(Back::ToCompleted);
        let cause = self.alarm_causes.get(alarm).copied().or(Some(self.services[id].primary().asked_by));
        fx.because(cause, |fx| self.fail_deployment(fx, id, FailedBecause::AlarmDetected, back));
    }

    /// Is the time over in which alarms are watched though everything is in place? Begins it when it has not begun.
    pub(crate) fn has_baked(&mut self, fx: &Effects, id: ServiceId) -> bool {
        let service = &self.services[id];
        if service.configuration.as_ref().is_none_or(|known| !known.alarms.enable) {
            return true;
        }
        let until_ms = fx.now_ms + fx.tuning.services.alarm_bake_ms;
        let watch = &mut self.services.get_mut(id).expect("the service exists").primary_mut().watch;
        fx.now_ms >= *watch.bakes_until_ms.get_or_insert(until_ms)
    }
}
