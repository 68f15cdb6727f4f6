//! Writes `name.br` and `name.gz` beside each file of the page that is worth it, so that a host can send them as they are.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

const WORTH_IT: &[&str] = &["css", "html", "js", "json", "md", "svg", "toml", "txt", "wasm"];

/// Compresses `files`, the largest first, on all cores.
pub fn all(files: &[PathBuf]) -> Result<()> {
    let mut jobs: Vec<&Path> = files.iter().map(PathBuf::as_path).filter(|file| is_worth_it(file)).collect();
    jobs.sort_by_key(|file| std::cmp::Reverse(fs::metadata(file).map_or(0, |meta| meta.len())));
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(file) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            one(file).with_context(|| format!("compressing {}", file.display()))?;
        }
        Ok(())
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("compression does not panic"))
    })
}

fn is_worth_it(file: &Path) -> bool {
    file.extension().and_then(|ext| ext.to_str()).is_some_and(|ext| WORTH_IT.contains(&ext))
}

fn one(file: &Path) -> Result<()> {
    let plain = fs::read(file)?;
    keep_if_smaller(file, "br", &plain, brotli(&plain)?)?;
    keep_if_smaller(file, "gz", &plain, gzip(&plain)?)
}

fn keep_if_smaller(file: &Path, suffix: &str, plain: &[u8], packed: Vec<u8>) -> Result<()> {
    if packed.len() < plain.len() {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(suffix);
        fs::write(name, packed)?;
    }
    Ok(())
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: plain.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &best)?;
    Ok(packed)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}
