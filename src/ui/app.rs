//! The root component: owns the stage the page plays on, turns gestures and frames of wall time into changes of it.
//!
//! The animation frame loop runs only while the stage plays and someone is looking. What only an acting learner needs is
//! fetched with the first touch; gestures made meanwhile are kept in order and follow when it is there.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::Frame;
use crate::session::intent::Intent;
use crate::ui::browser::frame_loop::{Beat, FrameLoop};
use crate::ui::browser::{touch, visibility};
use crate::ui::later::{fetch, later};
use crate::ui::page::Page;

/// What the page shows and acts on: an intent goes in, a frame comes out.
pub trait Stage: 'static {
    fn open() -> Self;
    fn frame(&self) -> Rc<Frame>;
    fn take(&mut self, intent: Intent);
    /// What acting needs has been downloaded, or could not be.
    fn later_came(&mut self, found: bool);
}

impl Stage for crate::session::Session {
    fn open() -> Self {
        Self::open()
    }

    fn frame(&self) -> Rc<Frame> {
        Self::frame(self).clone()
    }

    fn take(&mut self, intent: Intent) {
        Self::take(self, intent);
    }

    fn later_came(&mut self, found: bool) {
        if found { self.later_arrived() } else { self.tell_later_is_missing() }
    }
}

/// The root component over a stage.
pub struct App<S> {
    stage: S,
    send: Callback<Intent>,
    waiting_for: Option<FrameLoop>,
    /// Gestures that wait for the later half of the page.
    kept: Vec<Intent>,
    fetching: bool,
    _watches: Box<dyn std::any::Any>,
}

/// What the root component reacts to.
pub enum Message {
    Intent(Intent),
    Beat(Beat),
    VisibilityChanged,
    /// Somebody touches the page.
    Touched,
    /// The later half of the page has been downloaded, or could not be.
    LaterCame(bool),
}

impl<S: Stage> Component for App<S> {
    type Message = Message;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let mut app = Self {
            stage: S::open(),
            send: link.callback(Message::Intent),
            waiting_for: None,
            kept: Vec::new(),
            fetching: false,
            _watches: Box::new((
                visibility::watch(link.callback(|()| Message::VisibilityChanged)),
                touch::watch(link.callback(|()| Message::Touched)),
            )),
        };
        app.keep_going(ctx, None);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Intent(intent) if intent.needs_later() && later().is_none() => {
                self.kept.push(intent);
                self.fetch_later(ctx);
                false
            }
            Message::Intent(intent) => {
                self.take(ctx, intent);
                true
            }
            Message::Beat(beat) => {
                if beat.elapsed_ms > 0 {
                    self.stage.take(Intent::Elapsed(beat.elapsed_ms));
                }
                self.keep_going(ctx, Some(beat));
                beat.elapsed_ms > 0
            }
            Message::VisibilityChanged => {
                self.keep_going(ctx, None);
                false
            }
            Message::Touched => {
                self.fetch_later(ctx);
                false
            }
            Message::LaterCame(found) => {
                self.fetching = false;
                let kept = std::mem::take(&mut self.kept);
                if !found && kept.is_empty() {
                    // Nobody has asked for anything yet; the next touch tries again.
                    return false;
                }
                self.stage.later_came(found);
                kept.into_iter().filter(|_| found).for_each(|intent| self.take(ctx, intent));
                true
            }
        }
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        html! { <Page frame={self.stage.frame()} send={self.send.clone()} /> }
    }
}

impl<S: Stage> App<S> {
    fn take(&mut self, ctx: &Context<Self>, intent: Intent) {
        self.stage.take(intent);
        if self.waiting_for.is_none() {
            self.keep_going(ctx, None);
        }
    }

    fn fetch_later(&mut self, ctx: &Context<Self>) {
        if !self.fetching && later().is_none() {
            self.fetching = true;
            fetch(ctx.link().callback(Message::LaterCame));
        }
    }

    /// Asks for another animation frame if time is to pass, else for none.
    fn keep_going(&mut self, ctx: &Context<Self>, previous: Option<Beat>) {
        let running = self.stage.frame().clock.playing && !visibility::hidden();
        self.waiting_for = running.then(|| FrameLoop::next(previous, ctx.link().callback(Message::Beat)));
    }
}
