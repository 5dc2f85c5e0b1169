package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/argon2"
)

// goalSignIn is signing in to the hash of the password alone.
const goalSignIn = 1.1

// signIns measures what signing in costs beside the hash of the password, which is
// made to cost.
func (b *bench) signIns(ctx context.Context) error {
	hash, err := b.few.passwordHash(ctx)
	if err != nil {
		return err
	}
	verify, err := verifying(hash)
	if err != nil {
		return err
	}
	form := []byte(url.Values{"name": {"admin"}, "password": {adminPassword}}.Encode())
	visitor := newClient(b.few.program).with("Content-Type", "application/x-www-form-urlencoded")
	const bare, whole = "hash of the password alone", "signing in"
	found, err := race(ctx, "signing in", max(b.rounds/3, 1), b.turn, []contender{
		{bare, 1, verify, nil},
		{whole, 1, func(ctx context.Context, _ int64) error {
			a, err := visitor.send(ctx, http.MethodPost, "/sign-in", form)
			if err == nil && (a.status != http.StatusSeeOther || a.header.Get("Set-Cookie") == "") {
				err = fmt.Errorf("signing in was answered %d: %.300s", a.status, a.body)
			}
			return err
		}, b.few.program},
	})
	if err != nil {
		return err
	}
	var rows [][]string
	for _, name := range []string{bare, whole} {
		s := found[name]
		rows = append(rows, []string{name, figure(latency).of(s).short(), figure(latency).ratio(s, found[bare]).times(),
			figure(cpu).of(s).short(), figure(cpu).ratio(s, found[bare]).times()})
	}
	ratio := figure(latency).ratio(found[whole], found[bare])
	b.goal("signing in to the hash of the password alone", "≤ "+digits(goalSignIn), ratio.times(), ratio.median <= goalSignIn)
	b.add(section{
		title: "Signing in",
		lead: "The form of the sign-in page is sent with the right password; the session is in the database, and in the audit log, when the " +
			"answer comes. The baseline computes the same Argon2id hash (" + cost(hash) + ") with the same salt in a program that does nothing else.",
		head: []string{"", "latency", "to the hash", "processor", "to the hash"}, rows: rows,
	})
	return nil
}

// passwordHash is the hash of admin's password, as the console keeps it.
func (at *site) passwordHash(ctx context.Context) (hash string, err error) {
	db, err := openSQLite(ctx, filepath.Join(at.folder, databaseFile))
	if err != nil {
		return "", err
	}
	err = db.QueryRowContext(ctx, "SELECT password_hash FROM users WHERE name = 'admin'").Scan(&hash)
	return hash, errors.Join(err, db.Close())
}

// cost is what a hash says of what it costs.
func cost(hash string) string {
	if parts := strings.Split(hash, "$"); len(parts) == 6 {
		return parts[3]
	}
	return hash
}

// verifying returns what computes the hash of admin's password once more, with the
// salt and the cost of that hash, and compares.
func verifying(hash string) (func(context.Context, int64) error, error) {
	parts := strings.Split(hash, "$")
	var memory, passes uint32
	var lanes uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return nil, fmt.Errorf("the password's hash is %q", hash)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return nil, err
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return nil, err
	}
	sum, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return nil, err
	}
	return func(context.Context, int64) error {
		if got := argon2.IDKey([]byte(adminPassword), salt, passes, memory, lanes, uint32(len(sum))); string(got) != string(sum) { //nolint:gosec // a hash is short
			return errors.New("the hash is not that of the password")
		}
		return nil
	}, nil
}
