// Package idempotency answers a repeated request with the first one's answer instead of a second
// effect.
package idempotency

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrReused says that a key came with another request than before: a defect of the client, 422.
var ErrReused = errors.New("the idempotency key belongs to another request")

type Request struct {
	Caller string // keys of different callers are different
	Key    string // chosen by the client, one for each intent
	Route  string
	Body   []byte
}

func (r Request) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s%s", len(r.Route), r.Route, r.Body))
	return hex.EncodeToString(sum[:])
}

type Response struct {
	Status int
	Body   []byte
}

// Once runs work for the first request with a key and replays its response to later ones. The key,
// the effect and the response are one transaction: a crash, an error or a panic leaves none of them,
// and the client may try again. A request that arrives meanwhile waits in the insert until the first
// one ends, because the primary key (caller, key) admits one row.
func Once(
	ctx context.Context, db *sql.DB, r Request,
	work func(context.Context, *sql.Tx) (Response, error),
) (response Response, replayed bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return Response{}, false, err
	}
	defer tx.Rollback() // does nothing after the commit
	const claim = `INSERT INTO idempotency_key (caller, key, fingerprint) VALUES ($1, $2, $3)
		ON CONFLICT (caller, key) DO NOTHING`
	result, err := tx.ExecContext(ctx, claim, r.Caller, r.Key, r.fingerprint())
	if err != nil {
		return Response{}, false, err
	}
	first, err := result.RowsAffected()
	if err != nil {
		return Response{}, false, err
	}
	if first == 0 {
		response, err = replay(ctx, tx, r)
		return response, err == nil, err
	}
	if response, err = work(ctx, tx); err != nil {
		return Response{}, false, err
	}
	const keep = `UPDATE idempotency_key SET status = $3, body = $4 WHERE caller = $1 AND key = $2`
	if _, err = tx.ExecContext(ctx, keep, r.Caller, r.Key, response.Status, response.Body); err != nil {
		return Response{}, false, err
	}
	if err = tx.Commit(); err != nil {
		return Response{}, false, fmt.Errorf("may have happened, ask again with the same key: %w", err)
	}
	return response, false, nil
}

func replay(ctx context.Context, tx *sql.Tx, r Request) (response Response, err error) {
	const find = `SELECT fingerprint, status, body FROM idempotency_key WHERE caller = $1 AND key = $2`
	var fingerprint string
	row := tx.QueryRowContext(ctx, find, r.Caller, r.Key)
	if err := row.Scan(&fingerprint, &response.Status, &response.Body); err != nil {
		return Response{}, err
	}
	if fingerprint != r.fingerprint() {
		return Response{}, ErrReused
	}
	return response, nil
}
