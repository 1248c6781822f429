// Package outbox stores events with the change they tell of and sends them afterwards, at least
// once and in order for each key.
package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

type Event struct {
	Position int64  // given by the database
	ID       string // by which consumers know a repetition
	Key      string // events with one key keep their order: the aggregate's id
	Type     string
	Payload  []byte
}

// Add writes the event in the transaction that changes the state: both are stored, or neither.
func Add(ctx context.Context, tx *sql.Tx, e Event) error {
	const insert = `INSERT INTO outbox (id, key, type, payload) VALUES ($1, $2, $3, $4)`
	_, err := tx.ExecContext(ctx, insert, e.ID, e.Key, e.Type, e.Payload)
	return err
}

type Relay struct {
	DB      *sql.DB
	Publish func(context.Context, Event) error // nil only once the broker has confirmed that it is stored
	Batch   int
	Idle    time.Duration
}

// Run sends events until ctx is over. When it ends between sending and deleting, the event is sent
// again later; consumers must be ready for that.
func (r *Relay) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		sent, err := r.send(ctx)
		if err != nil {
			slog.ErrorContext(ctx, "outbox", "err", err)
		} else if sent == r.Batch {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
		case <-time.After(r.Idle):
		}
	}
	return context.Cause(ctx)
}

func (r *Relay) send(ctx context.Context) (sent int, err error) {
	tx, err := r.DB.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() // does nothing after the commit
	events, err := r.pending(ctx, tx)
	if err != nil {
		return 0, err
	}
	var problems []error
	blocked := make(map[string]bool)
	for _, e := range events {
		if blocked[e.Key] {
			continue // must not overtake the one before
		}
		if err := r.Publish(ctx, e); err != nil {
			problems = append(problems, fmt.Errorf("event %s: %w", e.ID, err))
			blocked[e.Key] = true
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM outbox WHERE position = $1`, e.Position); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, errors.Join(append(problems, tx.Commit())...)
}

// pending locks the oldest events. A second relay waits for the lock: with SKIP LOCKED it would not,
// and the order would be lost.
func (r *Relay) pending(ctx context.Context, tx *sql.Tx) (events []Event, err error) {
	const oldest = `SELECT position, id, key, type, payload FROM outbox ORDER BY position LIMIT $1 FOR UPDATE`
	rows, err := tx.QueryContext(ctx, oldest, r.Batch)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Event
		if err := rows.Scan(&e.Position, &e.ID, &e.Key, &e.Type, &e.Payload); err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, rows.Err()
}
