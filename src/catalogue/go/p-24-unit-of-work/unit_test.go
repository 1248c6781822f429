package unit

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/synctest"

	"lintel.example/patterns/internal/sqlstub"
)

// ledger counts what happened to transactions.
type ledger struct {
	begun, committed, rolledBack int
	statements                   int
	isolation                    sql.IsolationLevel
	commit                       func(number int) error
}

func (l *ledger) open() *sql.DB {
	return sqlstub.Open(sqlstub.Stub{
		Begin: func(tx *sqlstub.Tx) error { l.begun++; l.isolation = tx.Isolation; return nil },
		Exec: func(tx *sqlstub.Tx, _ string, _ []any) (int64, error) {
			if tx != nil {
				l.statements++
			}
			return 1, nil
		},
		Commit: func(*sqlstub.Tx) error {
			if l.commit != nil {
				if err := l.commit(l.begun); err != nil {
					l.rolledBack++
					return err
				}
			}
			l.committed++
			return nil
		},
		Rollback: func(*sqlstub.Tx) { l.rolledBack++ },
	})
}

type stateError string

func (s stateError) Error() string    { return "state " + string(s) }
func (s stateError) SQLState() string { return string(s) }

// orders and stock are two repositories of one use case.
type orders struct{ q Querier }
type stock struct{ q Querier }

func (o orders) add(ctx context.Context) error {
	_, err := o.q.ExecContext(ctx, "INSERT INTO orders DEFAULT VALUES")
	return err
}

func (s stock) take(ctx context.Context) error {
	_, err := s.q.ExecContext(ctx, "UPDATE stock SET amount = amount - 1")
	return err
}

func place(ctx context.Context, q Querier) error {
	if err := (orders{q}).add(ctx); err != nil {
		return err
	}
	return stock{q}.take(ctx)
}

func TestRepositoriesCommitTogether(t *testing.T) {
	l := &ledger{}
	db := l.open()
	defer db.Close()
	if err := Do(t.Context(), db, place); err != nil {
		t.Fatal(err)
	}
	if l.begun != 1 || l.committed != 1 || l.statements != 2 || l.isolation != sql.LevelSerializable {
		t.Errorf("%+v", l)
	}
	if err := (orders{db}).add(t.Context()); err != nil || l.begun != 1 {
		t.Errorf("outside of a unit: %v, %+v", err, l)
	}
}

func TestErrorsAndPanicsRollBack(t *testing.T) {
	l := &ledger{}
	db := l.open()
	defer db.Close()
	errStock := errors.New("out of stock")
	err := Do(t.Context(), db, func(ctx context.Context, q Querier) error {
		return errors.Join(place(ctx, q), errStock)
	})
	if !errors.Is(err, errStock) || l.begun != 1 || l.rolledBack != 1 || l.committed != 0 {
		t.Errorf("%v, %+v", err, l)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic must reach the caller")
			}
		}()
		Do(t.Context(), db, func(context.Context, Querier) error { panic("nil map") })
	}()
	if l.rolledBack != 2 || l.committed != 0 || db.Stats().InUse != 0 {
		t.Errorf("%+v, %d connections in use", l, db.Stats().InUse)
	}
}

func TestCollisionsAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &ledger{commit: func(number int) error {
			if number < 3 {
				return stateError("40001")
			}
			return nil
		}}
		db := l.open()
		defer db.Close()
		if err := Do(t.Context(), db, place); err != nil || l.begun != 3 || l.committed != 1 {
			t.Errorf("%v, %+v", err, l)
		}
		l.commit = func(int) error { return stateError("40P01") }
		l.begun = 0
		if err := Do(t.Context(), db, place); !errors.Is(err, stateError("40P01")) || l.begun != attempts {
			t.Errorf("%v, %+v", err, l)
		}
	})
}

func TestAnUncertainCommitIsNotRepeated(t *testing.T) {
	errLost := errors.New("connection lost")
	l := &ledger{commit: func(int) error { return errLost }}
	db := l.open()
	defer db.Close()
	if err := Do(t.Context(), db, place); !errors.Is(err, errLost) || l.begun != 1 {
		t.Errorf("%v, %+v", err, l)
	}
}
