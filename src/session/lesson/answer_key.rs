//! What a learner answered, and the key it is compared with. The key is computed from the run, after it has happened.

use std::rc::Rc;

use crate::course::amount::Amount;
use crate::course::query::{Scene, placed};
use crate::course::unit::{Ask, Question};
use crate::session::frame::GhostOutcome;
use crate::sim::ids::InstanceId;
use crate::sim::time::SECOND;

/// Where a ghost has been put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    NotYet,
    /// The learner says that it will find no place.
    Nowhere,
    On(InstanceId),
}

/// What the learner has answered so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Ghosts(Vec<Put>),
    Option(Option<u32>),
    Number(u64),
}

/// What the run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Where tasks landed, and how many of those asked about did not.
    Places {
        servers: Vec<InstanceId>,
        missing: usize,
    },
    Options(Vec<bool>),
    Number(Option<u64>),
}

/// How the answer compares with the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub right: bool,
    pub text: Rc<str>,
    /// Of each ghost, in order.
    pub outcomes: Vec<GhostOutcome>,
}

impl Reply {
    /// Nothing answered yet.
    pub fn empty(ask: &Ask) -> Self {
        match ask {
            Ask::Ghosts { count, .. } => Reply::Ghosts(vec![Put::NotYet; *count as usize]),
            Ask::Options(_) => Reply::Option(None),
            Ask::Number(number) => Reply::Number(number.least),
        }
    }

    /// What is still missing before it can be committed.
    pub fn missing(&self) -> Option<String> {
        match self {
            Reply::Ghosts(puts) => {
                let first = puts.iter().position(|put| *put == Put::NotYet)?;
                Some(format!("Place task {} first; “Nowhere yet” is a place too.", first + 1))
            }
            Reply::Option(None) => Some("Choose one first.".to_string()),
            Reply::Option(Some(_)) | Reply::Number(_) => None,
        }
    }
}

impl Key {
    /// Asks the run.
    pub fn of(ask: &Ask, scene: &Scene) -> Self {
        match ask {
            Ask::Ghosts { service, count } => {
                let landed = placed(scene, service).map(|tasks| tasks.filter_map(|(_, task)| task.instance).collect::<Vec<_>>());
                let mut servers = landed.unwrap_or_default();
                servers.truncate(*count as usize);
                Key::Places { missing: *count as usize - servers.len(), servers }
            }
            Ask::Options(options) => Key::Options(options.iter().map(|option| option.when.holds(scene)).collect()),
            Ask::Number(number) => Key::Number(number.answer.ask(scene).and_then(|amount| in_units(&amount))),
        }
    }

    /// Compares.
    pub fn judge(&self, question: &Question, reply: &Reply, scene: &Scene) -> Verdict {
        let outcomes = self.outcomes(reply);
        let right = match (self, reply) {
            (Key::Places { .. }, _) => outcomes.iter().all(|outcome| *outcome == GhostOutcome::Landed),
            (Key::Options(keys), Reply::Option(Some(chosen))) => keys.get(*chosen as usize) == Some(&true),
            (Key::Number(Some(key)), Reply::Number(number)) => number.abs_diff(*key) <= near(&question.ask),
            (Key::Options(_) | Key::Number(_), _) => false,
        };
        let prose = if right { &question.right } else { picture(question, reply).unwrap_or(&question.wrong) };
        Verdict { right, text: Rc::from(prose.render(scene)), outcomes }
    }

    /// Each landed task answers for one ghost on its server.
    fn outcomes(&self, reply: &Reply) -> Vec<GhostOutcome> {
        let (Key::Places { servers, missing }, Reply::Ghosts(puts)) = (self, reply) else { return Vec::new() };
        let (mut servers, mut missing) = (servers.clone(), *missing);
        let mut outcome = |put: &Put| match put {
            Put::On(server) => match servers.iter().position(|landed| landed == server) {
                Some(at) => {
                    servers.swap_remove(at);
                    GhostOutcome::Landed
                }
                None => GhostOutcome::WentElsewhere,
            },
            Put::Nowhere if missing > 0 => {
                missing -= 1;
                GhostOutcome::Landed
            }
            Put::Nowhere | Put::NotYet => GhostOutcome::WentElsewhere,
        };
        puts.iter().map(&mut outcome).collect()
    }

    /// The key of an option, to show after the answer is in.
    pub fn option(&self, index: usize) -> Option<bool> {
        match self {
            Key::Options(keys) => keys.get(index).copied(),
            Key::Places { .. } | Key::Number(_) => None,
        }
    }

    /// The answer that is right, as someone who knows would give it.
    pub fn right_reply(&self) -> Option<Reply> {
        match self {
            Key::Places { servers, missing } => {
                let nowhere = std::iter::repeat_n(Put::Nowhere, *missing);
                Some(Reply::Ghosts(servers.iter().map(|server| Put::On(*server)).chain(nowhere).collect()))
            }
            Key::Options(keys) => {
                let right: Vec<usize> = (0..keys.len()).filter(|index| keys[*index]).collect();
                let [only] = right.as_slice() else { return None };
                Some(Reply::Option(Some(*only as u32)))
            }
            Key::Number(number) => number.map(Reply::Number),
        }
    }
}

/// What the chosen option says of its own picture of the world.
fn picture<'a>(question: &'a Question, reply: &Reply) -> Option<&'a crate::course::prose::Prose> {
    match (&question.ask, reply) {
        (Ask::Options(options), Reply::Option(Some(chosen))) => options.get(*chosen as usize)?.picture.as_ref(),
        (Ask::Ghosts { .. } | Ask::Options(_) | Ask::Number(_), _) => None,
    }
}

fn near(ask: &Ask) -> u64 {
    match ask {
        Ask::Number(number) => number.near,
        Ask::Ghosts { .. } | Ask::Options(_) => 0,
    }
}

/// Learners answer in whole seconds.
fn in_units(amount: &Amount) -> Option<u64> {
    match amount {
        Amount::Span(length) => Some(length / SECOND),
        Amount::Count(_) | Amount::Memory(_) | Amount::Price(_) | Amount::Name(_) => amount.number(),
    }
}
