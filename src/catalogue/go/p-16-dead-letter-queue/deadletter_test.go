package deadletter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errAway = errors.New("database is away")

// shelf is sorted by id.
type shelf struct {
	letters []Letter
	full    bool
}

func (s *shelf) park(_ context.Context, l Letter) error {
	if s.full {
		return errors.New("no space")
	}
	s.letters = append(s.letters, l)
	return nil
}

func (s *shelf) Next(_ context.Context, after string) (*Letter, error) {
	for _, l := range s.letters {
		if l.ID > after {
			return &l, nil
		}
	}
	return nil, nil
}

func (s *shelf) Remove(_ context.Context, id string) error {
	s.letters = slices.DeleteFunc(s.letters, func(l Letter) bool { return l.ID == id })
	return nil
}

func consumer(s *shelf, handle error) *Consumer {
	return &Consumer{
		Handle:        func(context.Context, Delivery) error { return handle },
		Park:          s.park,
		MaxDeliveries: 3,
		Backoff:       time.Second,
	}
}

func TestPassingFailuresComeBackAFewTimes(t *testing.T) {
	s := &shelf{}
	c := consumer(s, errAway)
	for deliveries, want := range []time.Duration{time.Second, 2 * time.Second} {
		v := c.Receive(t.Context(), Delivery{ID: "a", Deliveries: deliveries + 1})
		if v.Done || v.After != want {
			t.Errorf("delivery %d: %+v", deliveries+1, v)
		}
	}
	if v := c.Receive(t.Context(), Delivery{ID: "a", Deliveries: 3, Body: []byte("x")}); !v.Done || len(s.letters) != 1 {
		t.Fatalf("%+v, %d parked", v, len(s.letters))
	}
	if l := s.letters[0]; !strings.Contains(l.Reason, errAway.Error()) || string(l.Body) != "x" {
		t.Errorf("%+v", l)
	}
}

func TestPoisonIsParkedAtOnce(t *testing.T) {
	s := &shelf{}
	c := consumer(s, ErrPoison)
	if v := c.Receive(t.Context(), Delivery{ID: "a", Deliveries: 1}); !v.Done || len(s.letters) != 1 {
		t.Errorf("%+v, %d parked", v, len(s.letters))
	}
}

func TestWhatCannotBeParkedStays(t *testing.T) {
	s := &shelf{full: true}
	c := consumer(s, ErrPoison)
	if v := c.Receive(t.Context(), Delivery{ID: "a", Deliveries: 9}); v.Done {
		t.Error("the message is in neither queue")
	}
}

func TestAShutdownParksNothing(t *testing.T) {
	s := &shelf{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v := consumer(s, ctx.Err()).Receive(ctx, Delivery{ID: "a", Deliveries: 3}); v.Done || len(s.letters) != 0 {
		t.Errorf("%+v, %d parked", v, len(s.letters))
	}
}

func TestReplayIsSlowAndChoosy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		for _, id := range []string{"a", "b", "c", "d"} {
			s.letters = append(s.letters, Letter{Delivery: Delivery{ID: id}, Reason: map[bool]string{true: "x", false: "y"}[id == "b"]})
		}
		start := time.Now()
		var sent []string
		count, err := Replay(t.Context(), s, func(l Letter) bool { return l.Reason == "y" },
			func(_ context.Context, d Delivery) error { sent = append(sent, d.ID); return nil }, time.Second)
		if err != nil || count != 3 || !slices.Equal(sent, []string{"a", "c", "d"}) {
			t.Errorf("%d, %v, %v", count, sent, err)
		}
		if len(s.letters) != 1 || time.Since(start) != 3*time.Second {
			t.Errorf("left %v after %v", s.letters, time.Since(start))
		}
	})
}

func TestAReplayThatFailsKeepsTheLetter(t *testing.T) {
	s := &shelf{letters: []Letter{{Delivery: Delivery{ID: "a"}}}}
	_, err := Replay(t.Context(), s, func(Letter) bool { return true },
		func(context.Context, Delivery) error { return errAway }, 0)
	if !errors.Is(err, errAway) || len(s.letters) != 1 {
		t.Errorf("%v, left %v", err, s.letters)
	}
}
