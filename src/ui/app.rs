//! The root component: owns the stage the page plays on, turns gestures and frames of wall time into changes of it.
//!
//! The animation frame loop runs only while the stage plays and someone is looking.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::frame::Frame;
use crate::session::intent::Intent;
use crate::ui::browser::frame_loop::{Beat, FrameLoop};
use crate::ui::browser::visibility;
use crate::ui::page::Page;

/// What the page shows and acts on: an intent goes in, a frame comes out.
pub trait Stage: 'static {
    fn open() -> Self;
    fn frame(&self) -> Rc<Frame>;
    fn take(&mut self, intent: Intent);
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
}

/// The root component over a stage.
pub struct App<S> {
    stage: S,
    send: Callback<Intent>,
    waiting_for: Option<FrameLoop>,
    _visibility: Box<dyn std::any::Any>,
}

/// What the root component reacts to.
pub enum Message {
    Intent(Intent),
    Beat(Beat),
    VisibilityChanged,
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
            _visibility: Box::new(visibility::watch(link.callback(|()| Message::VisibilityChanged))),
        };
        app.keep_going(ctx, None);
        app
    }

    fn update(&mut self, ctx: &Context<Self>, message: Message) -> bool {
        match message {
            Message::Intent(intent) => {
                self.stage.take(intent);
                if self.waiting_for.is_none() {
                    self.keep_going(ctx, None);
                }
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
        }
    }

    fn view(&self, _ctx: &Context<Self>) -> Html {
        html! { <Page frame={self.stage.frame()} send={self.send.clone()} /> }
    }
}

impl<S: Stage> App<S> {
    /// Asks for another animation frame if time is to pass, else for none.
    fn keep_going(&mut self, ctx: &Context<Self>, previous: Option<Beat>) {
        let running = self.stage.frame().clock.playing && !visibility::hidden();
        self.waiting_for = running.then(|| FrameLoop::next(previous, ctx.link().callback(Message::Beat)));
    }
}
