// Package config reads what differs between environments, once, at the start, and refuses to start
// with a list of everything that is wrong.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Config is complete and valid once Load has returned it; nothing else reads the environment.
type Config struct {
	Address  string
	Database *url.URL
	Timeout  time.Duration
	Workers  int
	Password Secret
}

// Secret does not print itself; what needs the text converts it.
type Secret string

func (Secret) String() string               { return "[hidden]" }
func (Secret) GoString() string             { return "[hidden]" }
func (Secret) MarshalText() ([]byte, error) { return []byte("[hidden]"), nil }

// Source is os.LookupEnv and os.ReadFile, or a test's own.
type Source struct {
	Lookup func(name string) (string, bool)
	Read   func(path string) ([]byte, error)
}

var Process = Source{Lookup: os.LookupEnv, Read: os.ReadFile}

func Load(source Source) (Config, error) {
	r := reader{Source: source}
	config := Config{
		Address:  read(&r, "ADDRESS", ":8080", text),
		Database: read(&r, "DATABASE_URL", "", url.Parse),
		Timeout:  read(&r, "TIMEOUT", "5s", time.ParseDuration),
		Workers:  read(&r, "WORKERS", "8", strconv.Atoi),
		Password: Secret(r.secret("DATABASE_PASSWORD")),
	}
	r.check(config.Timeout > 0 && config.Timeout <= time.Minute, "TIMEOUT is between 0 and 1m")
	r.check(config.Workers > 0, "WORKERS is at least 1")
	return config, errors.Join(r.problems...)
}

type reader struct {
	Source
	problems []error
}

func text(value string) (string, error) { return value, nil }

// read parses a value or its default; an empty default means that it must be given.
func read[T any](r *reader, name, standard string, parse func(string) (T, error)) (value T) {
	given, ok := r.Lookup(name)
	if !ok {
		given = standard
	}
	if given == "" {
		r.check(false, name+" is missing")
		return value
	}
	value, err := parse(given)
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("%s: %w", name, err))
	}
	return value
}

// secret reads a file that NAME_FILE points at: environments are inherited, dumped and logged.
func (r *reader) secret(name string) string {
	path, ok := r.Lookup(name + "_FILE")
	if !ok {
		r.check(false, name+"_FILE is missing")
		return ""
	}
	content, err := r.Read(path)
	if err != nil {
		r.problems = append(r.problems, fmt.Errorf("%s_FILE: %w", name, err))
	}
	return strings.TrimRight(string(content), "\r\n")
}

func (r *reader) check(holds bool, rule string) {
	if !holds {
		r.problems = append(r.problems, errors.New(rule))
	}
}
