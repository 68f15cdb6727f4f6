//! Mounts the app on the page. Nothing else.

fn main() {
    #[cfg(target_arch = "wasm32")]
    mount();
}

#[cfg(target_arch = "wasm32")]
fn mount() {
    use ecs_playground::ui::app::App;

    console_error_panic_hook::set_once();
    let root = gloo::utils::document().get_element_by_id("app").expect("the page has an element for the app");
    #[cfg(not(feature = "fixture"))]
    yew::Renderer::<App<ecs_playground::session::Session>>::with_root(root).render();
    #[cfg(feature = "fixture")]
    yew::Renderer::<App<ecs_playground::ui::fixture::FixtureStage>>::with_root(root).render();
}
