//! The store: takes units of work from async code and from threads, and hands them to the threads
//! that own the connections.

use crate::{
    DatabaseUrl, Scope, StoreError, StoreOptions, Tx,
    engine::{
        postgres, postgres_address::Address, postgres_open, postgres_wire::Heard, sqlite,
        sqlite_open,
    },
    error::Cause,
    job::job,
    migrate::{MIGRATIONS, Migration},
    queue::{Lanes, Line, Places, Waiting},
    tx::Context,
    wait,
};
use std::{
    convert::identity,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// A database and the threads that speak to it. Clones share them; the last one that goes waits
/// until everything accepted is done.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    writes: Writes,
    reads: Arc<Line>,
    write_places: Places,
    read_places: Places,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// When the database server was last heard of. SQLite is never asked over a wire.
    heard: Arc<Heard>,
}

enum Writes {
    Sqlite(Arc<Line>),
    Postgres(Arc<Lanes>),
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the database, brings its schema up to date and starts the threads. Blocks; to be
    /// called outside of async code.
    pub fn open(options: StoreOptions) -> Result<Self, StoreError> {
        Self::open_with(options, MIGRATIONS)
    }

    pub(crate) fn open_with(
        options: StoreOptions,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let places = || Places::new(options.queue_limit, options.queue_timeout);
        let (write_places, read_places) = (places(), places());
        let reads = Arc::new(Line::default());
        let heard = Heard::new(options.silence_limit);
        let mut threads = Threads(Vec::new());
        let started = match &options.url {
            DatabaseUrl::Sqlite(path) => {
                open_sqlite(&options, path, migrations, &reads, &mut threads)
            }
            DatabaseUrl::Postgres(url) => {
                open_postgres(&options, url, migrations, &reads, &heard, &mut threads)
            }
        };
        // Threads that run already must not wait for ever.
        let writes = started.inspect_err(|_| reads.close())?;
        let threads = Mutex::new(threads.0);
        Ok(Self(Arc::new(Inner { writes, reads, write_places, read_places, threads, heard })))
    }

    /// Runs a unit that may write, all or nothing. The unit runs again from nothing where the
    /// engine demands it, so it has no effect outside of the transaction. When this answers, the
    /// unit is on disk; a caller that stops waiting does not stop a unit that has begun.
    pub async fn write<T, E>(
        &self,
        scope: Scope,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.heard.refuse_silence()?;
        let place = self.0.write_places.take().await?;
        let (job, answer) = job(Some(scope), unit);
        self.0.push_write(scope, Waiting { job, place })?;
        self.0.answered(answer, unknown).await
    }

    /// Whether more than one server may use this database at a time.
    pub fn is_shared(&self) -> bool {
        matches!(self.0.writes, Writes::Postgres(_))
    }

    /// Runs a unit that only reads, on one state of the database.
    pub async fn read<T, E>(
        &self,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.heard.refuse_silence()?;
        let place = self.0.read_places.take().await?;
        let (job, answer) = job(None, unit);
        self.0.reads.push(Waiting { job, place })?;
        self.0.answered(answer, identity).await
    }

    /// As [`Self::write`], for threads outside of async code.
    pub fn write_blocking<T, E>(
        &self,
        scope: Scope,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.heard.refuse_silence()?;
        let place = self.0.write_places.take_blocking()?;
        let (job, answer) = job(Some(scope), unit);
        self.0.push_write(scope, Waiting { job, place })?;
        self.0.answered_blocking(answer, unknown)
    }

    /// As [`Self::read`], for threads outside of async code.
    pub fn read_blocking<T, E>(
        &self,
        unit: impl for<'t> Fn(&mut Tx<'t>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.heard.refuse_silence()?;
        let place = self.0.read_places.take_blocking()?;
        let (job, answer) = job(None, unit);
        self.0.reads.push(Waiting { job, place })?;
        self.0.answered_blocking(answer, identity)
    }

    /// Takes no more units, finishes those that were accepted and ends the threads. Other clones
    /// answer [`StoreError::Closed`] from here on.
    pub fn close(self) {
        self.0.close();
    }
}

/// A unit that writes and was not answered may have begun, and even be on disk.
fn unknown(why: StoreError) -> StoreError {
    StoreError::OutcomeUnknown(Cause::new(why))
}

impl Inner {
    /// The answer of a unit. Where its thread is gone, or the database server has fallen silent, which is
    /// looked for now and then, `lost` says what that means for the unit.
    async fn answered<T, E: From<StoreError>>(
        &self,
        mut answer: oneshot::Receiver<Result<T, E>>,
        lost: fn(StoreError) -> StoreError,
    ) -> Result<T, E> {
        loop {
            match tokio::time::timeout(self.heard.limit(), &mut answer).await {
                Ok(answer) => {
                    return answer.unwrap_or_else(|_| Err(lost(StoreError::Closed).into()));
                }
                Err(_) => self.heard.refuse_silence().map_err(lost)?,
            }
        }
    }

    /// The same for threads.
    fn answered_blocking<T, E: From<StoreError>>(
        &self,
        mut answer: oneshot::Receiver<Result<T, E>>,
        lost: fn(StoreError) -> StoreError,
    ) -> Result<T, E> {
        loop {
            match wait::until(&mut answer, Some(self.heard.limit())) {
                Some(answer) => {
                    return answer.unwrap_or_else(|_| Err(lost(StoreError::Closed).into()));
                }
                None => self.heard.refuse_silence().map_err(lost)?,
            }
        }
    }

    fn push_write(&self, scope: Scope, waiting: Waiting) -> Result<(), StoreError> {
        match &self.writes {
            Writes::Sqlite(line) => line.push(waiting),
            Writes::Postgres(lanes) => lanes.push(scope, waiting),
        }
    }

    fn close(&self) {
        self.write_places.close();
        self.read_places.close();
        self.reads.close();
        match &self.writes {
            Writes::Sqlite(line) => line.close(),
            Writes::Postgres(lanes) => lanes.close(),
        }
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        if self.heard.refuse_silence().is_err() {
            tracing::error!("the database server is silent: what it was asked last is left to it");
            return;
        }
        for handle in threads {
            // A unit that held the last clone ends here on its own thread.
            if handle.thread().id() != thread::current().id() && handle.join().is_err() {
                tracing::error!("a thread of the store ended by a panic");
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    fn start(
        &mut self,
        name: String,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<(), StoreError> {
        let handle = thread::Builder::new()
            .name(name)
            .spawn(run)
            .map_err(|error| StoreError::Io(Cause::new(error)))?;
        self.0.push(handle);
        Ok(())
    }
}

fn context(options: &StoreOptions) -> Context {
    Context { clock: Arc::clone(&options.clock), randomness: Arc::clone(&options.randomness) }
}

fn open_sqlite(
    options: &StoreOptions,
    path: &std::path::Path,
    migrations: &[Migration],
    reads: &Arc<Line>,
    threads: &mut Threads,
) -> Result<Writes, StoreError> {
    let mut connection = sqlite_open::writer(path)?;
    sqlite_open::migrate(&mut connection, migrations, options.clock.now())?;
    if let Some(pages) = options.page_limit {
        sqlite_open::limit(&connection, pages)?;
    }
    let readers = (0..options.readers.max(1))
        .map(|_| sqlite_open::reader(path))
        .collect::<Result<Vec<_>, _>>()?;
    for (number, connection) in readers.into_iter().enumerate() {
        let queue = Arc::clone(reads);
        let reading = sqlite::Reading { connection, context: context(options), queue };
        threads.start(format!("store-read-{number}"), || reading.run())?;
    }
    let queue = Arc::new(Line::default());
    let writer = sqlite::Writer {
        connection,
        context: context(options),
        queue: Arc::clone(&queue),
        group_limit: options.group_limit.max(1),
    };
    threads.start("store-write".to_owned(), || writer.run())?;
    Ok(Writes::Sqlite(queue))
}

fn open_postgres(
    options: &StoreOptions,
    url: &str,
    migrations: &[Migration],
    reads: &Arc<Line>,
    heard: &Arc<Heard>,
    threads: &mut Threads,
) -> Result<Writes, StoreError> {
    let address = Address::read(url)?;
    // The driver must not run where async code runs; this thread may be one of its threads.
    thread::scope(|scope| {
        let prepare = || postgres_open::prepare(&address, migrations, options.clock.now());
        scope.spawn(prepare).join().unwrap_or(Err(StoreError::Closed))
    })?;
    // A worker is made on the thread that it stays on: the driver does not go from one to another.
    let parts = || (address.clone(), Arc::clone(heard), context(options));
    let (lanes, group_limit) = (Arc::new(Lanes::default()), options.group_limit);
    for number in 0..options.readers.max(1) {
        let (address, heard, context) = parts();
        let queue = Arc::clone(reads);
        threads.start(format!("store-read-{number}"), move || {
            postgres::Worker::new(address, heard, context).run_reads(&queue);
        })?;
    }
    for number in 0..options.writers.max(1) {
        let (address, heard, context) = parts();
        let queue = Arc::clone(&lanes);
        threads.start(format!("store-write-{number}"), move || {
            postgres::Worker::new(address, heard, context).run_writes(&queue, group_limit);
        })?;
    }
    Ok(Writes::Postgres(lanes))
}
