package idempotency

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lintel.example/patterns/internal/sqlstub"
)

type row struct {
	fingerprint string
	status      int64
	body        []byte
}

// keys is the table. As in PostgreSQL, an insert waits while another transaction has inserted the
// same key and not ended.
type keys struct {
	mu        sync.Mutex
	ended     *sync.Cond
	committed map[string]row
	held      map[string]*sqlstub.Tx
	commit    error
}

func newKeys() *keys {
	k := &keys{committed: map[string]row{}, held: map[string]*sqlstub.Tx{}}
	k.ended = sync.NewCond(&k.mu)
	return k
}

func (k *keys) end(tx *sqlstub.Tx, commit bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if commit {
		maps.Copy(k.committed, tx.State.(map[string]row))
	}
	maps.DeleteFunc(k.held, func(_ string, by *sqlstub.Tx) bool { return by == tx })
	k.ended.Broadcast()
}

func (k *keys) open() *sql.DB {
	return sqlstub.Open(sqlstub.Stub{
		Begin: func(tx *sqlstub.Tx) error { tx.State = map[string]row{}; return nil },
		Exec: func(tx *sqlstub.Tx, query string, args []any) (int64, error) {
			k.mu.Lock()
			defer k.mu.Unlock()
			name := args[0].(string) + "/" + args[1].(string)
			own := tx.State.(map[string]row)
			if strings.HasPrefix(query, "UPDATE") {
				own[name] = row{own[name].fingerprint, args[2].(int64), args[3].([]byte)}
				return 1, nil
			}
			for k.held[name] != nil {
				k.ended.Wait()
			}
			if _, taken := k.committed[name]; taken {
				return 0, nil
			}
			k.held[name] = tx
			own[name] = row{fingerprint: args[2].(string)}
			return 1, nil
		},
		Query: func(_ *sqlstub.Tx, _ string, args []any) ([][]any, error) {
			k.mu.Lock()
			defer k.mu.Unlock()
			found := k.committed[args[0].(string)+"/"+args[1].(string)]
			return [][]any{{found.fingerprint, found.status, found.body}}, nil
		},
		Commit: func(tx *sqlstub.Tx) error {
			if k.commit != nil {
				k.end(tx, false)
				return k.commit
			}
			k.end(tx, true)
			return nil
		},
		Rollback: func(tx *sqlstub.Tx) { k.end(tx, false) },
	})
}

func request(key string) Request {
	return Request{Caller: "shop", Key: key, Route: "POST /payments", Body: []byte(`{"amount":5}`)}
}

func TestManyAtOnceHaveOneEffect(t *testing.T) {
	db := newKeys().open()
	defer db.Close()
	var effects, replays atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			response, replayed, err := Once(t.Context(), db, request("k"), func(context.Context, *sql.Tx) (Response, error) {
				effects.Add(1)
				time.Sleep(5 * time.Millisecond)
				return Response{201, []byte("payment 1")}, nil
			})
			if err != nil || response.Status != 201 || string(response.Body) != "payment 1" {
				t.Errorf("%+v, %v", response, err)
			}
			if replayed {
				replays.Add(1)
			}
		})
	}
	group.Wait()
	if effects.Load() != 1 || replays.Load() != 19 {
		t.Errorf("%d effects, %d replays", effects.Load(), replays.Load())
	}
}

func TestWhatFailedMayBeTriedAgain(t *testing.T) {
	table := newKeys()
	db := table.open()
	defer db.Close()
	pay := func(context.Context, *sql.Tx) (Response, error) { return Response{Status: 201}, nil }
	errDown := errors.New("bank is down")
	_, _, err := Once(t.Context(), db, request("k"), func(context.Context, *sql.Tx) (Response, error) { return Response{}, errDown })
	if !errors.Is(err, errDown) {
		t.Error(err)
	}
	func() {
		defer func() { recover() }()
		Once(t.Context(), db, request("k"), func(context.Context, *sql.Tx) (Response, error) { panic("nil map") })
	}()
	table.commit = errors.New("connection lost")
	if _, _, err := Once(t.Context(), db, request("k"), pay); !errors.Is(err, table.commit) {
		t.Error(err)
	}
	table.commit = nil
	if response, replayed, err := Once(t.Context(), db, request("k"), pay); err != nil || replayed || response.Status != 201 {
		t.Errorf("%+v, %v, %v", response, replayed, err)
	}
	if len(table.held) != 0 {
		t.Errorf("transactions were left open: %v", table.held)
	}
}

func TestAKeyBelongsToOneRequestOfOneCaller(t *testing.T) {
	db := newKeys().open()
	defer db.Close()
	effects := 0
	pay := func(context.Context, *sql.Tx) (Response, error) { effects++; return Response{Status: 201}, nil }
	Once(t.Context(), db, request("k"), pay)
	other := request("k")
	other.Body = []byte(`{"amount":5000}`)
	if _, _, err := Once(t.Context(), db, other, pay); !errors.Is(err, ErrReused) {
		t.Error(err)
	}
	stranger := request("k")
	stranger.Caller = "another shop"
	if _, replayed, err := Once(t.Context(), db, stranger, pay); err != nil || replayed {
		t.Errorf("%v, %v", replayed, err)
	}
	if effects != 2 {
		t.Errorf("%d effects", effects)
	}
}
