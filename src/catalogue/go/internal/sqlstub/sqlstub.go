// Package sqlstub is a database for tests: it hands each statement to functions of the test.
package sqlstub

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"strconv"
)

// Tx is one transaction; statements outside of any come with nil.
type Tx struct {
	Isolation sql.IsolationLevel
	State     any // the test's own
}

// Stub says what the database does; a function that is missing must not be needed, except Begin,
// Commit and Rollback, which then succeed.
type Stub struct {
	Begin    func(*Tx) error
	Exec     func(tx *Tx, query string, args []any) (affected int64, err error)
	Query    func(tx *Tx, query string, args []any) (rows [][]any, err error)
	Commit   func(*Tx) error
	Rollback func(*Tx)
}

func Open(stub Stub) *sql.DB { return sql.OpenDB(connector{stub}) }

type connector struct{ stub Stub }

func (c connector) Connect(context.Context) (driver.Conn, error) { return &conn{stub: c.stub}, nil }
func (c connector) Driver() driver.Driver                        { return nil }

type conn struct {
	stub Stub
	tx   *Tx
}

func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared") }
func (c *conn) Close() error                        { return nil }
func (c *conn) Begin() (driver.Tx, error)           { return nil, errors.New("needs a context") }

func (c *conn) BeginTx(_ context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx := &Tx{Isolation: sql.IsolationLevel(options.Isolation)}
	if c.stub.Begin != nil {
		if err := c.stub.Begin(tx); err != nil {
			return nil, err
		}
	}
	c.tx = tx
	return c, nil
}

func (c *conn) Commit() error {
	tx := c.tx
	c.tx = nil
	if c.stub.Commit == nil {
		return nil
	}
	return c.stub.Commit(tx)
}

func (c *conn) Rollback() error {
	tx := c.tx
	c.tx = nil
	if c.stub.Rollback != nil {
		c.stub.Rollback(tx)
	}
	return nil
}

func (c *conn) ExecContext(_ context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	affected, err := c.stub.Exec(c.tx, query, values(args))
	return driver.RowsAffected(affected), err
}

func (c *conn) QueryContext(_ context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	found, err := c.stub.Query(c.tx, query, values(args))
	if err != nil {
		return nil, err
	}
	return &rows{found}, nil
}

func values(args []driver.NamedValue) []any {
	var values []any
	for _, arg := range args {
		values = append(values, arg.Value)
	}
	return values
}

type rows struct{ left [][]any }

func (r *rows) Columns() []string {
	if len(r.left) == 0 {
		return nil
	}
	names := make([]string, len(r.left[0]))
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	return names
}

func (r *rows) Close() error { return nil }

func (r *rows) Next(into []driver.Value) error {
	if len(r.left) == 0 {
		return io.EOF
	}
	for i, value := range r.left[0] {
		into[i] = value
	}
	r.left = r.left[1:]
	return nil
}
