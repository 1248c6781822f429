// Package unit runs one use case in one database transaction.
package unit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Querier is what repositories are made with. A transaction and a database both are one, so that a
// repository works inside a unit and outside without knowing.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

const attempts = 4

// Do runs work in a serializable transaction and commits what it did. When the database asks for it,
// because two transactions met, all of it runs again: work reads what it needs inside and has no
// effect outside the transaction.
func Do(ctx context.Context, db *sql.DB, work func(context.Context, Querier) error) error {
	for attempt := 1; ; attempt++ {
		err := once(ctx, db, work)
		if err == nil || !collision(err) {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("collided %d times: %w", attempt, err)
		}
		pause := time.NewTimer(rand.N(10 * time.Millisecond << attempt))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return fmt.Errorf("%w; did not try again: %w", err, context.Cause(ctx))
		}
	}
}

func once(ctx context.Context, db *sql.DB, work func(context.Context, Querier) error) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // ends it after an error or a panic; does nothing after the commit
	if err := work(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// collision is a serialization failure or a deadlock, after which nothing was written. Any other
// failure of a commit may hide one that succeeded, so it is never repeated here.
func collision(err error) bool {
	var state interface{ SQLState() string } // as the errors of pgx have it
	return errors.As(err, &state) && (state.SQLState() == "40001" || state.SQLState() == "40P01")
}
