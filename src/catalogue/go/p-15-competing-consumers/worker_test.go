package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// broker delivers again what is not settled.
type broker struct {
	queue chan *delivery

	mu       sync.Mutex
	acked    map[string]int
	rejected map[string]string
	delays   []time.Duration
	lostAck  bool
}

type delivery struct {
	broker *broker
	data   string
	count  int
}

func newBroker(messages ...string) *broker {
	b := &broker{queue: make(chan *delivery, 100), acked: map[string]int{}, rejected: map[string]string{}}
	for _, message := range messages {
		b.queue <- &delivery{b, message, 1}
	}
	return b
}

func (b *broker) receive(ctx context.Context) (Message, error) {
	select {
	case d := <-b.queue:
		return d, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *delivery) Data() []byte    { return []byte(d.data) }
func (d *delivery) Deliveries() int { return d.count }

func (d *delivery) Ack(ctx context.Context) error {
	d.broker.mu.Lock()
	defer d.broker.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if d.broker.lostAck {
		d.broker.lostAck = false
		d.broker.queue <- &delivery{d.broker, d.data, d.count + 1}
		return errors.New("connection lost")
	}
	d.broker.acked[d.data]++
	return nil
}

func (d *delivery) Retry(_ context.Context, after time.Duration) error {
	d.broker.mu.Lock()
	defer d.broker.mu.Unlock()
	d.broker.delays = append(d.broker.delays, after)
	time.AfterFunc(after, func() { d.broker.queue <- &delivery{d.broker, d.data, d.count + 1} })
	return nil
}

func (d *delivery) Reject(_ context.Context, reason string) error {
	d.broker.mu.Lock()
	defer d.broker.mu.Unlock()
	d.broker.rejected[d.data] = reason
	return nil
}

// run lets a pool work for a time and ends it.
func run(t *testing.T, b *broker, workers int, length time.Duration, handle func(context.Context, []byte) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	pool := &Pool{Workers: workers, Receive: b.receive, Handle: handle, Timeout: 10 * time.Second, Backoff: time.Second}
	pool.Run(ctx)
}

func TestWorkersShareTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var messages []string
		for i := range 40 {
			messages = append(messages, fmt.Sprint(i))
		}
		b := newBroker(messages...)
		run(t, b, 8, 5*time.Second, func(context.Context, []byte) error { time.Sleep(time.Second); return nil })
		for _, message := range messages {
			if b.acked[message] != 1 {
				t.Errorf("message %s was acknowledged %d times", message, b.acked[message])
			}
		}
	})
}

func TestFailuresComeBackLaterAndPanicsAreFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker("a")
		calls := 0
		run(t, b, 2, time.Minute, func(context.Context, []byte) error {
			switch calls++; calls {
			case 1:
				return errors.New("database is away")
			case 2:
				panic("nil map")
			}
			return nil
		})
		if b.acked["a"] != 1 || len(b.delays) != 2 || b.delays[0] != time.Second || b.delays[1] != 2*time.Second {
			t.Errorf("%v acknowledged, delays %v", b.acked, b.delays)
		}
	})
}

func TestWhatCannotBeHandledIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker("not json")
		run(t, b, 1, time.Minute, func(context.Context, []byte) error { return fmt.Errorf("%w: not json", ErrReject) })
		if b.rejected["not json"] == "" || len(b.delays) != 0 {
			t.Errorf("%v, %v", b.rejected, b.delays)
		}
	})
}

func TestShutdownFinishesWhatIsInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker("a", "b")
		start := time.Now()
		run(t, b, 1, time.Second, func(ctx context.Context, _ []byte) error {
			select {
			case <-time.After(3 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if b.acked["a"] != 1 || len(b.queue) != 1 || time.Since(start) != 3*time.Second {
			t.Errorf("%v acknowledged, %d left, after %v", b.acked, len(b.queue), time.Since(start))
		}
	})
}

func TestALostAcknowledgementDeliversAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker("a")
		b.lostAck = true
		calls := 0
		run(t, b, 1, time.Minute, func(context.Context, []byte) error { calls++; return nil })
		if calls != 2 || b.acked["a"] != 1 {
			t.Errorf("%d calls, %v acknowledged", calls, b.acked)
		}
	})
}

func TestSlowHandlersAreEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroker("a")
		calls := 0
		run(t, b, 1, time.Minute, func(ctx context.Context, _ []byte) error {
			if calls++; calls == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		if b.acked["a"] != 1 || len(b.delays) != 1 {
			t.Errorf("%v acknowledged, delays %v", b.acked, b.delays)
		}
	})
}

func TestTheBrokerIsNotAskedInALoopWhileItIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		asked := 0
		pool := &Pool{Workers: 1, Backoff: time.Second, Receive: func(context.Context) (Message, error) {
			asked++
			return nil, errors.New("connection refused")
		}}
		pool.Run(ctx)
		if asked > 11 {
			t.Errorf("asked %d times in 10 s", asked)
		}
	})
}
