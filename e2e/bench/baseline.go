package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/labstack/echo/v4"
	_ "modernc.org/sqlite" // the driver that the console uses
)

// baselineCommand makes this program the server that the console is compared
// with: a bare echo handler, and one that does nothing but insert the body of
// the request into a table.
const baselineCommand = "baseline"

func serveBaseline(ctx context.Context, file string) error {
	db, err := openSQLite(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	insert, err := plainInsert(ctx, db)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "http://%s\n", listener.Addr())
	server := &http.Server{Handler: baseline(insert, listener.Addr().String())} //nolint:gosec,contextcheck // no timeouts, as bare as can be; requests bring their context
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// baseline answers "ok" to a GET at once, and to a POST when its body is a row.
// It is also the upstream of invocations.
func baseline(insert func(context.Context, string) error, at string) http.Handler {
	e := echo.New()
	upstreamRoutes(e, at)
	e.GET("/", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.POST("/", func(c echo.Context) error {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return err
		}
		if err := insert(c.Request().Context(), string(body)); err != nil {
			return err
		}
		return c.String(http.StatusOK, "ok")
	})
	return e
}

// openSQLite opens a file as the console opens its own for writing: one
// connection, WAL, and every commit on the disk before it is acknowledged.
func openSQLite(ctx context.Context, file string) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, db.PingContext(ctx)
}

// plainInsert returns what inserts one row into a table with a primary key and
// nothing else.
func plainInsert(ctx context.Context, db *sql.DB) (func(context.Context, string) error, error) {
	if _, err := db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, body TEXT NOT NULL)"); err != nil {
		return nil, err
	}
	statement, err := db.PrepareContext(ctx, "INSERT INTO plain (body) VALUES (?)") //nolint:sqlclosecheck // lives as long as db
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, body string) error {
		_, err := statement.ExecContext(ctx, body)
		return err
	}, nil
}
