package probe_test

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/probe"
	"switchboard/internal/testserver"
)

// BenchmarkCheck is a whole staged check of a healthy server. Beside it, in
// turns, the server's driver connects and pings, which is the least that any
// test of a connection does; "ratio" is the median of what the check takes to
// the median of that.
func BenchmarkCheck(b *testing.B) {
	b.Run("mysql", func(b *testing.B) {
		s := testserver.MariaDB(b)
		a := s.Account(b)
		against(b, target("generic-jdbc-connector", linkTo("MYSQL", s, a)), func(ctx context.Context) error {
			cfg := mysql.NewConfig()
			cfg.User, cfg.Passwd, cfg.Net, cfg.DBName = a.User, a.Password, "tcp", a.Database
			cfg.Addr = s.Host + ":" + strconv.Itoa(s.Port)
			db, err := sql.Open("mysql", cfg.FormatDSN())
			if err != nil {
				return err
			}
			defer db.Close()
			return db.PingContext(ctx)
		})
	})
	b.Run("postgresql", func(b *testing.B) {
		s := testserver.PostgreSQL(b)
		a := s.Account(b)
		url := "postgres://" + a.User + ":" + a.Password + "@" + s.Host + ":" + strconv.Itoa(s.Port) + "/" + a.Database + "?sslmode=disable"
		against(b, target("generic-jdbc-connector", linkTo("POSTGRESQL", s, a)), func(ctx context.Context) error {
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				return err
			}
			defer conn.Close(ctx)
			return conn.Ping(ctx)
		})
	})
	b.Run("redis", func(b *testing.B) {
		s := testserver.Redis(b)
		password := s.Password
		address := s.Host + ":" + strconv.Itoa(s.Port)
		against(b, target("redis-connector", link{
			"deploymentMode": "Single", "serverlist": address, "dbIndex": "0", "password": password,
		}), func(ctx context.Context) error {
			client := redis.NewClient(&redis.Options{Addr: address, Password: password})
			defer client.Close()
			return client.Ping(ctx).Err()
		})
	})
}

func target(connector string, l link) probe.Target {
	t := probe.Target{Connector: connector, Inputs: map[string]string{}, Secrets: map[string]api.Secret{}}
	for name, value := range l {
		if name == "password" {
			t.Secrets["linkConfig.password"] = api.NewSecret(value)
			continue
		}
		t.Inputs["linkConfig."+name] = value
	}
	return t
}

func against(b *testing.B, t probe.Target, ping func(context.Context) error) {
	p := prober(probe.Options{})
	var checks, pings []time.Duration
	for b.Loop() {
		started := time.Now()
		c := p.Check(b.Context(), t)
		checks = append(checks, time.Since(started))
		require.NotEqual(b, api.Failed, c.Status, "%+v", c)
		started = time.Now()
		require.NoError(b, ping(b.Context()))
		pings = append(pings, time.Since(started))
	}
	slices.Sort(checks)
	slices.Sort(pings)
	check, pinged := checks[len(checks)/2], pings[len(pings)/2]
	b.ReportMetric(float64(check.Microseconds()), "check-µs")
	b.ReportMetric(float64(pinged.Microseconds()), "ping-µs")
	b.ReportMetric(float64(check)/float64(pinged), "ratio")
}
