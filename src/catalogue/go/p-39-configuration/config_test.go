package config

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"
)

func source(values map[string]string) Source {
	return Source{
		Lookup: func(name string) (string, bool) { value, ok := values[name]; return value, ok },
		Read: func(path string) ([]byte, error) {
			if path == "/secrets/db" {
				return []byte("s3cr3t\n"), nil
			}
			return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
	}
}

func TestAGoodEnvironment(t *testing.T) {
	config, err := Load(source(map[string]string{
		"DATABASE_URL": "postgres://db/orders", "TIMEOUT": "2s", "DATABASE_PASSWORD_FILE": "/secrets/db",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if config.Address != ":8080" || config.Timeout != 2*time.Second || config.Workers != 8 ||
		config.Database.Host != "db" || string(config.Password) != "s3cr3t" {
		t.Errorf("%+v", config)
	}
	encoded, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{fmt.Sprintf("%v %+v %#v", config, config, config), string(encoded)} {
		if strings.Contains(printed, "s3cr3t") {
			t.Errorf("the secret prints itself: %s", printed)
		}
	}
}

func TestAllProblemsAreToldAtOnce(t *testing.T) {
	_, err := Load(source(map[string]string{
		"TIMEOUT": "soon", "WORKERS": "-3", "ADDRESS": "", "DATABASE_PASSWORD_FILE": "/nowhere",
	}))
	if err == nil {
		t.Fatal("it starts")
	}
	for _, name := range []string{"ADDRESS", "DATABASE_URL", "TIMEOUT", "WORKERS", "DATABASE_PASSWORD_FILE"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not told in:\n%v", name, err)
		}
	}
}
