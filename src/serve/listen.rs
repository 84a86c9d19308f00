//! Connections: each is answered until it closes, and nobody may keep one for nothing.
//!
//! One idea: everything that waits does so on one thread; what works (reading models, running,
//! drawing) does so on others, which are waited for.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::Desk;
use super::door::Door;
use super::routes::Routes;

/// Connections at one time; a browser opens six.
const CONNECTIONS: usize = 64;
/// Threads that work at one time, apart from those of the run itself.
const WORKERS: usize = 8;
/// How long the head of a request may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is asked whether to stop.
const LOOK: Duration = Duration::from_millis(200);
/// Bytes of the head of a request.
const HEAD: usize = 64 << 10;

/// Serves until `stop` says so.
///
/// # Errors
/// If the system denies what a server needs.
pub(super) fn serve(
    listener: TcpListener,
    door: Door,
    desk: Desk,
    stop: &dyn Fn() -> bool,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(WORKERS)
        .build()?;
    let routes = Arc::new(Routes::new(door, desk));
    let served = runtime.block_on(accept(listener, &routes, stop));
    routes.close();
    // A run looks at its flag soon enough; nobody waits for a browser that holds on.
    runtime.shutdown_timeout(5 * LOOK);
    served
}

async fn accept(
    listener: TcpListener,
    routes: &Arc<Routes>,
    stop: &dyn Fn() -> bool,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    while !stop() {
        // Those who come then wait in the line of the system.
        let Ok(seat) = timeout(LOOK, Arc::clone(&seats).acquire_owned()).await else {
            continue;
        };
        let stream = match timeout(LOOK, listener.accept()).await {
            Err(_) => continue,
            Ok(Ok((stream, _))) => stream,
            Ok(Err(_)) => {
                // Too many files are open, perhaps: it will pass.
                sleep(LOOK).await;
                continue;
            }
        };
        let routes = Arc::clone(routes);
        tokio::spawn(async move {
            let answer = service_fn(|request| {
                let routes = Arc::clone(&routes);
                async move { Ok::<_, Infallible>(routes.answer(request).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .max_buf_size(HEAD)
                .serve_connection(TokioIo::new(stream), answer);
            // Whoever hangs up needs to be told nothing.
            let _ = connection.await;
            drop(seat);
        });
    }
    Ok(())
}
