//! Mounts the app on the page.

fn main() {
    #[cfg(all(target_arch = "wasm32", feature = "fixture"))]
    {
        use ecs_playground::ui::{app::App, fixture::FixtureStage};

        console_error_panic_hook::set_once();
        let root = gloo::utils::document().get_element_by_id("app").expect("the page has an element for the app");
        yew::Renderer::<App<FixtureStage>>::with_root(root).render();
    }
}
