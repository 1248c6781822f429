package pool

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lintel.example/patterns/internal/sqlstub"
)

func TestTheShareIsForAllInstancesAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		limits Limits
		size   int
		fails  bool
	}{
		"by need":      {Limits{MaxConnections: 200, Reserved: 20, Instances: 6, Surge: 2, Rate: 1200, Hold: 20 * time.Millisecond}, 6, false},
		"small need":   {Limits{MaxConnections: 200, Reserved: 20, Instances: 6, Rate: 1, Hold: time.Millisecond}, 2, false},
		"by share":     {Limits{MaxConnections: 100, Reserved: 20, Instances: 6, Surge: 2, Rate: 6000, Hold: 20 * time.Millisecond}, 10, true},
		"overcommit":   {Limits{MaxConnections: 100, Reserved: 20, Instances: 100, Rate: 1, Hold: time.Millisecond}, 0, true},
		"no instances": {Limits{MaxConnections: 100}, 0, true},
	} {
		size, err := c.limits.Size()
		if size != c.size || (err != nil) != c.fails {
			t.Errorf("%s: %d, %v", name, size, err)
		}
		if all := size * (c.limits.Instances + c.limits.Surge); all > c.limits.MaxConnections-c.limits.Reserved {
			t.Errorf("%s: %d connections in all", name, all)
		}
	}
}

func TestTheLimitHoldsAndWaitingIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := sqlstub.Open(sqlstub.Stub{Exec: func(*sqlstub.Tx, string, []any) (int64, error) {
			time.Sleep(100 * time.Millisecond)
			return 0, nil
		}})
		defer db.Close()
		Apply(db, 4)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var waits int64
		var each time.Duration
		go Watch(ctx, db, time.Second, func(w int64, e time.Duration) { waits, each = w, e })
		synctest.Wait()
		start := time.Now()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, err := db.ExecContext(t.Context(), "SELECT 1"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if took := time.Since(start); took != 500*time.Millisecond || db.Stats().MaxOpenConnections != 4 {
			t.Errorf("20 statements of 100 ms over 4 connections took %v", took)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if waits != 16 || each != 250*time.Millisecond {
			t.Errorf("%d waits of %v", waits, each)
		}
	})
}

func TestWorkThatCannotGetAConnectionEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := sqlstub.Open(sqlstub.Stub{})
		defer db.Close()
		Apply(db, 1)
		held, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := db.BeginTx(ctx, &sql.TxOptions{}); err != context.DeadlineExceeded {
			t.Error(err)
		}
		held.Rollback()
	})
}
