package jobs

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	riverqueue "github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"switchboard/internal/api/store"
)

// Times of the queue. A process that is killed leaves its tasks marked as
// running: they are put out of the way after rescueAfter. Nothing waits for
// that, because the row is due again in another state.
const (
	taskTimeout   = time.Minute
	rescueAfter   = 3 * time.Minute
	keepDone      = time.Minute
	keepFailed    = time.Hour
	fetchCooldown = 20 * time.Millisecond
	fetchPoll     = time.Second // PostgreSQL is not told of every task that comes in a burst
)

// river is what an Engine uses of the library.
type river interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	enqueue(ctx context.Context, tasks []Task) error
}

// client is a river over one kind of database.
type client[TTx any] struct{ *riverqueue.Client[TTx] }

func newRiver(ctx context.Context, queue *store.Queue, w Work, workers map[Kind]int, log *slog.Logger) (river, error) {
	if queue.Postgres != nil {
		return newClient(ctx, riverpgxv5.New(queue.Postgres), queue, w, workers, log)
	}
	return newClient(ctx, alone{riversqlite.New(queue.Memory)}, queue, w, workers, log)
}

// alone tells the library that nobody outside this process enqueues, so that it
// wakes its own workers and does not poll for news.
type alone struct{ *riversqlite.Driver }

func (alone) SupportsListener() bool     { return false }
func (alone) SupportsListenNotify() bool { return false }

var _ riverdriver.Driver[*sql.Tx] = alone{}

func newClient[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], queue *store.Queue, w Work, workers map[Kind]int, log *slog.Logger) (river, error) {
	quiet := slog.New(warnings{log.Handler()})
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: quiet})
	if err != nil {
		return nil, err
	}
	err = queue.Migrate(ctx, func(ctx context.Context) error {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	config := &riverqueue.Config{
		Queues: map[string]riverqueue.QueueConfig{}, Workers: riverqueue.NewWorkers(), Logger: quiet,
		ErrorHandler: failures{log}, MaxAttempts: 1, JobTimeout: taskTimeout, RescueStuckJobsAfter: rescueAfter,
		CompletedJobRetentionPeriod: keepDone, CancelledJobRetentionPeriod: keepFailed, DiscardedJobRetentionPeriod: keepFailed,
		FetchCooldown: fetchCooldown, FetchPollInterval: fetchPoll,
	}
	for kind, n := range workers {
		config.Queues[string(kind)] = riverqueue.QueueConfig{MaxWorkers: n}
	}
	riverqueue.AddWorker(config.Workers, &worker{work: w})
	c, err := riverqueue.NewClient(driver, config)
	return client[TTx]{c}, err
}

// enqueue inserts tasks, except for those that are there already.
func (c client[TTx]) enqueue(ctx context.Context, tasks []Task) error {
	params := make([]riverqueue.InsertManyParams, len(tasks))
	for i, t := range tasks {
		params[i] = riverqueue.InsertManyParams{Args: job{t}, InsertOpts: &riverqueue.InsertOpts{
			Queue: string(t.Kind), UniqueOpts: riverqueue.UniqueOpts{ByArgs: true, ByState: onTheWay},
		}}
	}
	_, err := c.InsertMany(ctx, params)
	return err
}

// onTheWay are the states of a job that has not ended.
var onTheWay = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// job is a task as the library stores it.
type job struct{ Task }

// Kind names the one kind of job that there is for the library.
func (job) Kind() string { return "task" }

type worker struct {
	riverqueue.WorkerDefaults[job]

	work Work
}

// Work does the task of a job.
func (w *worker) Work(ctx context.Context, j *riverqueue.Job[job]) error {
	return w.work.Do(ctx, j.Args.Task)
}

// failures logs what the work of a task ended with. Nothing is retried by the
// library: what is still to be done is found by the next tick.
type failures struct{ log *slog.Logger }

// HandleError logs an error, unless the work was given up because we stop.
func (f failures) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *riverqueue.ErrorHandlerResult {
	if ctx.Err() == nil {
		f.log.Warn("jobs: a task failed", "task", string(j.EncodedArgs), "cause", err)
	}
	return nil
}

// HandlePanic logs a panic.
func (f failures) HandlePanic(_ context.Context, j *rivertype.JobRow, cause any, trace string) *riverqueue.ErrorHandlerResult {
	f.log.Error("jobs: a task panicked", "task", string(j.EncodedArgs), "cause", cause, "stack", trace)
	return nil
}

// warnings passes on what is worth a look and leaves out the rest.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}
