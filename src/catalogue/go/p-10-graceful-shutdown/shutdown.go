// Package shutdown ends a service in an order that drops nothing.
package shutdown

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Plan must fit into what the platform grants before it kills: Notice + Drain + Close < grace.
type Plan struct {
	Notice time.Duration // how long the balancer may take to see that the service is not ready
	Drain  time.Duration // for requests in progress
	Close  time.Duration // for all steps together
	Steps  []Step        // in order: consumers first, then pools, then logs and traces
}

type Step struct {
	Name string
	Do   func(context.Context) error
}

type Service struct {
	Server *http.Server
	Plan   Plan
	ready  atomic.Bool
}

// Ready is for the readiness probe.
func (s *Service) Ready() bool { return s.ready.Load() }

// Run serves until ctx is over, as signal.NotifyContext makes it in main, and returns when all has
// ended. It does not exit the process, so that deferred calls in main still run.
func (s *Service) Run(ctx context.Context, listener net.Listener) error {
	// Streams see their context end when draining begins: Shutdown alone would wait for them.
	streams, endStreams := context.WithCancel(context.WithoutCancel(ctx))
	defer endStreams()
	s.Server.BaseContext = func(net.Listener) context.Context { return streams }
	served := make(chan error, 1)
	go func() { served <- s.Server.Serve(listener) }()
	s.ready.Store(true)
	select {
	case err := <-served: // it never began, or broke: nothing to wait for, but still things to close
		s.ready.Store(false)
		return errors.Join(fmt.Errorf("serve: %w", err), s.close(ctx))
	case <-ctx.Done():
	}
	s.ready.Store(false)
	time.Sleep(s.Plan.Notice) // new requests still arrive and are answered
	return errors.Join(s.drain(ctx, endStreams), s.close(ctx))
}

func (s *Service) drain(ctx context.Context, endStreams func()) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Plan.Drain)
	defer cancel()
	// Ordinary requests get half of the time undisturbed, whoever is left is told to stop.
	timer := time.AfterFunc(s.Plan.Drain/2, endStreams)
	defer timer.Stop()
	if err := s.Server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), s.Server.Close())
	}
	return nil
}

func (s *Service) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Plan.Close)
	defer cancel()
	var problems []error
	for _, step := range s.Plan.Steps { // one that fails does not keep the others from closing
		if err := step.Do(ctx); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", step.Name, err))
		}
	}
	return errors.Join(problems...)
}
