package outbox

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lintel.example/patterns/internal/sqlstub"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// table is the outbox: what is committed, and what each transaction would do to it.
type table struct {
	events  []Event
	next    int64
	commits int
	lost    func(commit int) error // what happens to a commit
}

type change struct {
	added   []Event
	deleted []int64
}

func (s *table) open() *sql.DB {
	return sqlstub.Open(sqlstub.Stub{
		Begin: func(tx *sqlstub.Tx) error { tx.State = &change{}; return nil },
		Exec: func(tx *sqlstub.Tx, query string, args []any) (int64, error) {
			c := tx.State.(*change)
			if strings.HasPrefix(query, "DELETE") {
				c.deleted = append(c.deleted, args[0].(int64))
			} else {
				c.added = append(c.added, Event{0, args[0].(string), args[1].(string), args[2].(string), args[3].([]byte)})
			}
			return 1, nil
		},
		Query: func(_ *sqlstub.Tx, _ string, args []any) (rows [][]any, err error) {
			for _, e := range s.events[:min(len(s.events), int(args[0].(int64)))] {
				rows = append(rows, []any{e.Position, e.ID, e.Key, e.Type, e.Payload})
			}
			return rows, nil
		},
		Commit: func(tx *sqlstub.Tx) error {
			s.commits++
			if s.lost != nil {
				if err := s.lost(s.commits); err != nil {
					return err
				}
			}
			c := tx.State.(*change)
			for _, e := range c.added {
				s.next++
				e.Position = s.next
				s.events = append(s.events, e)
			}
			s.events = slices.DeleteFunc(s.events, func(e Event) bool { return slices.Contains(c.deleted, e.Position) })
			return nil
		},
	})
}

func (s *table) add(t *testing.T, db *sql.DB, ids ...string) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := Add(t.Context(), tx, Event{ID: id, Key: id[:1], Type: "order.placed"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

func TestAnEventLivesAndDiesWithItsTransaction(t *testing.T) {
	s := &table{}
	db := s.open()
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Add(t.Context(), tx, Event{ID: "a1"}); err != nil {
		t.Fatal(err)
	}
	tx.Rollback()
	if len(s.events) != 0 {
		t.Error("an event of a change that was rolled back")
	}
}

func TestOrderIsKeptForEachKey(t *testing.T) {
	s := &table{}
	db := s.open()
	defer db.Close()
	s.add(t, db, "a1", "a2", "b1", "a3", "b2")
	var sent []string
	refused := true
	relay := &Relay{DB: db, Batch: 10, Publish: func(_ context.Context, e Event) error {
		if e.ID == "a2" && refused {
			return errors.New("too large for now")
		}
		sent = append(sent, e.ID)
		return nil
	}}
	if _, err := relay.send(t.Context()); err == nil || !strings.Contains(err.Error(), "a2") {
		t.Errorf("the problem is told: %v", err)
	}
	if want := []string{"a1", "b1", "b2"}; !slices.Equal(sent, want) {
		t.Errorf("sent %v, a3 must not overtake a2", sent)
	}
	refused = false
	if _, err := relay.send(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"a1", "b1", "b2", "a2", "a3"}; !slices.Equal(sent, want) || len(s.events) != 0 {
		t.Errorf("sent %v, left %v", sent, s.events)
	}
}

func TestACrashAfterSendingSendsAgain(t *testing.T) {
	s := &table{lost: func(commit int) error {
		if commit == 2 {
			return errors.New("connection lost")
		}
		return nil
	}}
	db := s.open()
	defer db.Close()
	s.add(t, db, "a1")
	var sent []string
	relay := &Relay{DB: db, Batch: 10, Publish: func(_ context.Context, e Event) error {
		sent = append(sent, e.ID)
		return nil
	}}
	if _, err := relay.send(t.Context()); err == nil {
		t.Error("the lost commit is not told")
	}
	if _, err := relay.send(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"a1", "a1"}; !slices.Equal(sent, want) || len(s.events) != 0 {
		t.Errorf("sent %v, left %v", sent, s.events)
	}
}

func TestRunSendsAllAndEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &table{}
		db := s.open()
		defer db.Close()
		s.add(t, db, "a1", "a2", "a3", "a4", "a5")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start, sent := time.Now(), 0
		relay := &Relay{DB: db, Batch: 2, Idle: time.Second, Publish: func(context.Context, Event) error {
			if time.Since(start) != 0 {
				t.Error("it idles although there is more to send")
			}
			sent++
			return nil
		}}
		if err := relay.Run(ctx); !errors.Is(err, context.DeadlineExceeded) || sent != 5 {
			t.Errorf("%d sent, %v", sent, err)
		}
	})
}
