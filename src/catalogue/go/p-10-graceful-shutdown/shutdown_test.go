package shutdown

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type running struct {
	service *Service
	url     string
	stop    func()
	ended   chan error

	mu    sync.Mutex
	steps []string
}

func start(t *testing.T, plan Plan, handler http.HandlerFunc) *running {
	t.Helper()
	r := &running{ended: make(chan error, 1)}
	note := func(name string, err error) Step {
		return Step{name, func(ctx context.Context) error {
			if ctx.Err() != nil {
				t.Errorf("%s is closed without time", name)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			r.steps = append(r.steps, name)
			return err
		}}
	}
	plan.Steps = []Step{note("consumers", errors.New("broker is gone")), note("pool", nil), note("telemetry", nil)}
	plan.Close = time.Second
	r.service = &Service{Server: &http.Server{Handler: handler}, Plan: plan}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	r.stop = cancel
	go func() { r.ended <- r.service.Run(ctx, listener) }()
	for !r.service.Ready() {
		time.Sleep(time.Millisecond)
	}
	return r
}

func (r *running) get() (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(r.url)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestNothingInProgressIsDropped(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	var requests atomic.Int64
	r := start(t, Plan{Notice: 30 * time.Millisecond, Drain: 5 * time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 1 {
			close(entered)
			<-release
			io.WriteString(w, "first")
		} else {
			io.WriteString(w, "second")
		}
	})
	answer := make(chan string, 1)
	go func() {
		body, err := r.get()
		if err != nil {
			t.Error(err)
		}
		answer <- body
	}()
	<-entered
	r.stop()
	for r.service.Ready() {
		time.Sleep(time.Millisecond)
	}
	// Not ready any more, and the balancer has not noticed yet.
	if body, err := r.get(); err != nil || body != "second" {
		t.Errorf("a request during the notice: %q, %v", body, err)
	}
	close(release)
	if body := <-answer; body != "first" {
		t.Errorf("the request in progress got %q", body)
	}
	err := <-r.ended
	if err == nil || err.Error() != "consumers: broker is gone" {
		t.Errorf("%v", err)
	}
	if want := []string{"consumers", "pool", "telemetry"}; !slices.Equal(r.steps, want) {
		t.Errorf("closed %v", r.steps)
	}
	if _, err := r.get(); err == nil {
		t.Error("it still listens")
	}
}

func TestStreamsAreToldToStop(t *testing.T) {
	entered := make(chan struct{}, 1)
	r := start(t, Plan{Drain: 100 * time.Millisecond}, func(w http.ResponseWriter, request *http.Request) {
		w.WriteHeader(http.StatusOK)
		http.NewResponseController(w).Flush()
		entered <- struct{}{}
		<-request.Context().Done()
		io.WriteString(w, "bye")
	})
	answer := make(chan string, 1)
	go func() {
		body, _ := r.get()
		answer <- body
	}()
	<-entered
	r.stop()
	if body := <-answer; body != "bye" {
		t.Errorf("the stream ended with %q", body)
	}
	if err := <-r.ended; errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

func TestWhatDoesNotEndIsCutOffAndTheRestIsClosed(t *testing.T) {
	entered, release := make(chan struct{}, 1), make(chan struct{})
	r := start(t, Plan{Drain: 20 * time.Millisecond}, func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	})
	defer close(release)
	go r.get()
	<-entered
	r.stop()
	if err := <-r.ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if len(r.steps) != 3 {
		t.Errorf("closed %v", r.steps)
	}
}

func TestAServerThatCannotServeEndsAtOnce(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	closed := false
	service := &Service{Server: &http.Server{}, Plan: Plan{
		Notice: time.Hour,
		Close:  time.Second,
		Steps:  []Step{{"pool", func(context.Context) error { closed = true; return nil }}},
	}}
	if err := service.Run(t.Context(), listener); !errors.Is(err, net.ErrClosed) || !closed || service.Ready() {
		t.Errorf("%v, pool closed: %v", err, closed)
	}
}
