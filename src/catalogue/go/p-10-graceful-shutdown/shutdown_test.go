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
	"testing/synctest"
	"time"
)

// wire is a listener without a network, so that time can be the test's own.
type wire struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newWire() *wire { return &wire{conns: make(chan net.Conn), done: make(chan struct{})} }

func (w *wire) Accept() (net.Conn, error) {
	select {
	case conn := <-w.conns:
		return conn, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.done) }); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{} }

func (w *wire) dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case w.conns <- theirs:
		return ours, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

type running struct {
	service *Service
	wire    *wire
	stop    func()
	ended   chan error
	steps   []string
}

func start(t *testing.T, plan Plan, handler http.HandlerFunc) *running {
	t.Helper()
	r := &running{wire: newWire(), ended: make(chan error, 1)}
	note := func(name string, err error) Step {
		return Step{name, func(ctx context.Context) error {
			if ctx.Err() != nil {
				t.Errorf("%s is closed without time", name)
			}
			r.steps = append(r.steps, name)
			return err
		}}
	}
	plan.Steps = []Step{note("consumers", errors.New("broker is gone")), note("pool", nil), note("telemetry", nil)}
	plan.Close = time.Second
	r.service = &Service{Server: &http.Server{Handler: handler}, Plan: plan}
	ctx, cancel := context.WithCancel(t.Context())
	r.stop = cancel
	go func() { r.ended <- r.service.Run(ctx, r.wire) }()
	synctest.Wait()
	if !r.service.Ready() {
		t.Fatal("it serves and is not ready")
	}
	return r
}

func (r *running) get() (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: r.wire.dial}}
	response, err := client.Get("http://service/")
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestNothingInProgressIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		r := start(t, Plan{Notice: 5 * time.Second, Drain: 20 * time.Second}, func(w http.ResponseWriter, _ *http.Request) {
			if requests.Add(1) == 1 {
				time.Sleep(10 * time.Second)
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
		synctest.Wait()
		began := time.Now()
		r.stop()
		time.Sleep(4 * time.Second)
		if r.service.Ready() {
			t.Error("it is ready while it is ending")
		}
		// The balancer has not noticed yet.
		if body, err := r.get(); err != nil || body != "second" {
			t.Errorf("a request during the notice: %q, %v", body, err)
		}
		if body := <-answer; body != "first" {
			t.Errorf("the request in progress got %q", body)
		}
		err := <-r.ended
		if err == nil || err.Error() != "consumers: broker is gone" {
			t.Errorf("%v", err)
		}
		if took := time.Since(began); took < 10*time.Second || took > 11*time.Second {
			t.Errorf("it took %v, and the last request 10 s", took)
		}
		if want := []string{"consumers", "pool", "telemetry"}; !slices.Equal(r.steps, want) {
			t.Errorf("closed %v", r.steps)
		}
		if _, err := r.get(); err == nil {
			t.Error("it still listens")
		}
	})
}

func TestStreamsAreToldToStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Plan{Drain: 20 * time.Second}, func(w http.ResponseWriter, request *http.Request) {
			http.NewResponseController(w).Flush()
			<-request.Context().Done()
			io.WriteString(w, "bye")
		})
		answer := make(chan string, 1)
		go func() {
			body, _ := r.get()
			answer <- body
		}()
		synctest.Wait()
		r.stop()
		if body := <-answer; body != "bye" {
			t.Errorf("the stream ended with %q", body)
		}
		if err := <-r.ended; errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestWhatDoesNotEndIsCutOffAndTheRestIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Plan{Drain: 20 * time.Second}, func(http.ResponseWriter, *http.Request) {
			time.Sleep(time.Hour)
		})
		go r.get()
		synctest.Wait()
		began := time.Now()
		r.stop()
		if err := <-r.ended; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 21*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if len(r.steps) != 3 {
			t.Errorf("closed %v", r.steps)
		}
		time.Sleep(time.Hour) // until the request has ended
	})
}

func TestAServerThatCannotServeEndsAtOnce(t *testing.T) {
	listener := newWire()
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
