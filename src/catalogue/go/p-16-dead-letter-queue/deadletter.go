// Package deadletter sets messages aside that cannot be handled, with what is needed to mend them,
// and brings them back.
package deadletter

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrPoison marks an error that no repetition will change: an unknown type, a broken payload.
var ErrPoison = errors.New("message cannot be handled")

type Delivery struct {
	ID         string
	Queue      string // where a replay puts it back
	Headers    map[string]string
	Body       []byte
	Deliveries int // 1 the first time
	FirstAt    time.Time
}

// Letter is a delivery with the reason it was set aside. The body is kept as it came.
type Letter struct {
	Delivery
	Reason   string
	ParkedAt time.Time
}

// Verdict is the answer for the broker.
type Verdict struct {
	Done  bool          // acknowledge
	After time.Duration // otherwise deliver again, not earlier
}

type Consumer struct {
	Handle        func(context.Context, Delivery) error
	Park          func(context.Context, Letter) error // nil only once the letter is stored
	MaxDeliveries int                                 // the broker's own limit is higher, as the last resort
	Backoff       time.Duration
}

// Receive handles a delivery. It is acknowledged when it was handled or set aside, so that at every
// moment the message is in one of the two queues. When setting aside fails, it stays where it is.
func (c *Consumer) Receive(ctx context.Context, d Delivery) Verdict {
	err := c.Handle(ctx, d)
	if err == nil {
		return Verdict{Done: true}
	}
	again := Verdict{After: c.Backoff << min(max(d.Deliveries-1, 0), 6)}
	if ctx.Err() != nil {
		return again // a shutdown is no reason to give up on a message
	}
	if !errors.Is(err, ErrPoison) && d.Deliveries < c.MaxDeliveries {
		return again
	}
	reason := fmt.Sprintf("delivery %d of %d: %v", d.Deliveries, c.MaxDeliveries, err)
	if c.Park(ctx, Letter{Delivery: d, Reason: reason, ParkedAt: time.Now()}) != nil {
		return again
	}
	return Verdict{Done: true}
}

// Shelf holds letters until somebody has mended the cause.
type Shelf interface {
	Next(ctx context.Context, after string) (*Letter, error) // by id; nil at the end
	Remove(ctx context.Context, id string) error
}

// Replay sends chosen letters back, at most one each pause so that it does not become a new flood.
// It publishes before it removes: what is cut off in between comes twice and is not lost.
func Replay(
	ctx context.Context, shelf Shelf, chosen func(Letter) bool,
	publish func(context.Context, Delivery) error, pause time.Duration,
) (sent int, err error) {
	for last := ""; ; {
		letter, err := shelf.Next(ctx, last)
		if err != nil || letter == nil {
			return sent, err
		}
		if last = letter.ID; !chosen(*letter) {
			continue
		}
		if err := publish(ctx, letter.Delivery); err != nil {
			return sent, fmt.Errorf("letter %s: %w", letter.ID, err)
		}
		if err := shelf.Remove(ctx, letter.ID); err != nil {
			return sent, fmt.Errorf("letter %s was sent and is still on the shelf: %w", letter.ID, err)
		}
		sent++
		select {
		case <-ctx.Done():
			return sent, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
