// Package pool sizes connection pools from both ends: what the database can serve, and what the
// service needs.
package pool

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// Limits are of one database and of the service that uses it.
type Limits struct {
	MaxConnections int // of the server
	Reserved       int // for people, backups, migrations and other services
	Instances      int // as many as autoscaling may start
	Surge          int // more of them during a rollout
	Rate           float64
	Hold           time.Duration // how long a unit of work holds its connection, at the 95th percentile
}

// Size is the number of connections for one instance. The server's share is the upper bound; the
// need comes from Little's law, rate times time, with room for bursts. A pool larger than that makes
// the server slower and the queue invisible.
func (l Limits) Size() (int, error) {
	instances := l.Instances + l.Surge
	if instances <= 0 {
		return 0, fmt.Errorf("%d instances share no connections", instances)
	}
	share := (l.MaxConnections - l.Reserved) / instances
	if share < 1 {
		return 0, fmt.Errorf("%d connections for %d instances: put a pooler in between, or run fewer",
			l.MaxConnections-l.Reserved, instances)
	}
	busy := l.Rate * l.Hold.Seconds() / float64(l.Instances)
	need := max(2, int(math.Ceil(busy*1.5)))
	if need > share {
		return share, fmt.Errorf("an instance needs %d connections and its share is %d", need, share)
	}
	return need, nil
}

// Apply limits a pool, which database/sql by itself does not do at all.
func Apply(db *sql.DB, size int) {
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size) // fewer would open and close connections under load
	db.SetConnMaxIdleTime(5 * time.Minute)
	db.SetConnMaxLifetime(30 * time.Minute) // so that a failover and a new address are noticed
}

// Watch reports how long work waited for a connection, the first sign of a pool that is too small,
// of slow queries or of connections that are not given back.
func Watch(ctx context.Context, db *sql.DB, every time.Duration, report func(waits int64, each time.Duration)) {
	last := db.Stats()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(every):
		}
		now := db.Stats()
		if waits := now.WaitCount - last.WaitCount; waits > 0 {
			report(waits, (now.WaitDuration-last.WaitDuration)/time.Duration(waits))
		}
		last = now
	}
}
