//! What CloudWatch holds in a region.

use std::collections::{BTreeMap, VecDeque};

use super::alarm::Alarm;
use super::history::Entry;
use super::metric::{Metric, Series};
use crate::aws::object::Objects;

/// What the service holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct State {
    pub(super) series: BTreeMap<Metric, Series>,
    /// By name.
    pub(super) alarms: BTreeMap<String, Alarm>,
    /// The latest first.
    pub(super) history: VecDeque<Entry>,
}

impl State {
    /// An alarm's state, as describes show it; none if there is no such alarm.
    pub(crate) fn alarm_state(&self, name: &str) -> Option<&'static str> {
        self.alarms.get(name).map(|alarm| alarm.state.shown())
    }

    /// Its alarms.
    pub(crate) fn objects(&self, objects: &mut Objects<'_>) {
        for alarm in self.alarms.values() {
            objects.add("alarm", &alarm.name, None, alarm.tags.clone());
        }
    }

    /// Names and ARNs of the alarms that act with `action`.
    pub(crate) fn alarms_for(&self, action: &str) -> Vec<(String, String)> {
        let acts = |alarm: &&Alarm| alarm.alarm_actions.iter().any(|other| other == action);
        self.alarms.values().filter(acts).map(|alarm| (alarm.name.clone(), alarm.arn.clone())).collect()
    }

    /// Takes an action from all alarms.
    pub(crate) fn forget_action(&mut self, action: &str) {
        for alarm in self.alarms.values_mut() {
            for actions in [&mut alarm.alarm_actions, &mut alarm.ok_actions, &mut alarm.insufficient_data_actions] {
                actions.retain(|other| other != action);
            }
        }
    }
}
