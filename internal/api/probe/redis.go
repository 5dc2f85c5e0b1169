package probe

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"

	"switchboard/internal/api"
)

// The inputs of redis-connector that checks read, besides the password.
// Source: spec/links.md §2.10.
const (
	pathRedisMode    = "linkConfig.deploymentMode"
	pathRedisServers = "linkConfig.serverlist"
	pathRedisIndex   = "linkConfig.dbIndex"
)

// redisSystem is Redis and what speaks its protocol: DCS. Links sign in as the
// default user.
var redisSystem = &system{
	connector: "redis-connector",
	protocol:  "Redis",
	plan: func(in inputs) []api.StepName {
		plan := []api.StepName{api.StepResolve, api.StepConnect, api.StepHandshake, api.StepSignIn,
			api.StepCluster, api.StepDatabase, api.StepVersion}
		if in.is(pathRedisMode, "Proxy") { // what is behind it is its own business
			plan = slices.DeleteFunc(plan, func(name api.StepName) bool { return name == api.StepCluster })
		}
		return plan
	},
	check: checkRedis,
}

func checkRedis(ctx context.Context, a *attempt) error {
	ats, err := a.endpointsOf(pathRedisServers)
	if err != nil {
		return err
	}
	index, err := strconv.ParseUint(a.in.text(pathRedisIndex), 10, 31)
	if err != nil {
		return fault("input", pathRedisIndex)
	}
	number := strconv.FormatUint(index, 10)
	a.know("database", number)
	conn, err := a.dialAny(ctx, ats)
	if err != nil {
		return err
	}
	c, locked, err := a.redisGreeting(ctx, conn)
	if err != nil {
		return redisFailure(err, pathRedisServers)
	}
	if err := a.redisSignIn(c, locked); err != nil {
		return redisFailure(err, pathPassword)
	}
	if !a.in.is(pathRedisMode, "Proxy") {
		a.enter(api.StepCluster)
		if err := a.redisMode(ctx, c); err != nil {
			return redisFailure(err, pathRedisMode)
		}
	}
	if err := a.redisDatabase(c, number); err != nil {
		return redisFailure(err, pathRedisIndex)
	}
	a.enter(api.StepVersion)
	return redisFailure(a.redisVersion(c), "")
}

// redisGreeting recognises the server by its answer to PING, and says whether
// it demands a password.
func (a *attempt) redisGreeting(ctx context.Context, conn net.Conn) (c *redisConn, locked bool, err error) {
	a.enter(api.StepHandshake)
	if _, err := io.WriteString(conn, redisCommand("PING")); err != nil {
		return nil, false, err
	}
	buf := make([]byte, 512)
	n, err := a.hear(ctx, conn, conn, buf)
	if err != nil {
		return nil, false, err
	}
	if buf[0] != '+' && buf[0] != '-' {
		return nil, false, errRedis
	}
	c = &redisConn{w: conn, r: bufio.NewReaderSize(io.MultiReader(bytes.NewReader(buf[:n]), conn), maxRedisLine)}
	answer, err := c.answer(0)
	switch {
	case redisSays(err, "NOAUTH", "ERR operation not permitted"): // the latter before Redis 2.8
		return c, true, nil
	case redisSays(err, "NOPERM"): // it knows who we are
		return c, false, nil
	case err == nil && answer != "PONG":
		return nil, false, errRedis
	}
	return c, false, err
}

// redisSignIn signs in as the default user. Redis refuses a password that it
// does not need, and so do its clients the connection.
func (a *attempt) redisSignIn(c *redisConn, locked bool) error {
	a.enter(api.StepSignIn)
	password := a.secrets[pathPassword].Reveal()
	switch {
	case password == "" && locked:
		return fault("redis.password_missing", pathPassword)
	case password == "":
		return nil
	}
	_, err := c.ask("AUTH", password)
	switch {
	case redisSays(err, "WRONGPASS", "ERR invalid password"): // the latter before Redis 6
		return fault("redis.wrong_password", pathPassword).because(err)
	case redisSays(err, "ERR AUTH <password> called without", "ERR Client sent AUTH, but no password"):
		return fault("redis.password_needless", pathPassword).because(err)
	}
	return err
}

// redisDatabase chooses the database, as clients do. What a proxy answers by
// itself tells nothing about what is behind it, so a key is asked for, too.
func (a *attempt) redisDatabase(c *redisConn, index string) error {
	a.enter(api.StepDatabase)
	proxy, zero := a.in.is(pathRedisMode, "Proxy"), index == "0"
	if a.in.is(pathRedisMode, "Cluster") && !zero {
		return fault("redis.cluster_index", pathRedisIndex)
	}
	if !proxy || !zero { // not every proxy knows SELECT
		if _, err := c.ask("SELECT", index); err != nil {
			return err
		}
	}
	if proxy {
		if _, err := c.ask("EXISTS", "switchboard"); err != nil {
			return err
		}
	}
	a.found(index)
	return nil
}

// redisVersion asks for the version. Services that keep it to themselves are
// none the worse for it.
func (a *attempt) redisVersion(c *redisConn) error {
	info, err := c.askText("INFO", "server")
	if _, refused := errors.AsType[redisError](err); refused {
		a.warn(fault("redis.no_info", "").because(err))
		return nil
	}
	a.found(redisField(info, "redis_version"))
	return err
}

// redisFailure explains an error of the server during a step that is about the
// input at path.
func redisFailure(err error, path string) error {
	switch {
	case errors.Is(err, errRedis):
		return fault("peer.garbled", pathRedisServers)
	case redisSays(err, "LOADING", "MASTERDOWN", "TRYAGAIN"):
		return fault("server.not_ready", "").because(err)
	case redisSays(err, "CLUSTERDOWN"):
		return fault("redis.cluster_down", "").because(err)
	case redisSays(err, "ERR max number of clients"):
		return fault("server.too_many_connections", "").because(err)
	case redisSays(err, "DENIED"):
		return fault("redis.protected", pathRedisServers).because(err)
	case redisSays(err, "NOPERM"):
		return fault("redis.no_right", path).because(err)
	case redisSays(err, "ERR DB index is out of range", "ERR invalid DB index"):
		return fault("redis.no_index", pathRedisIndex).because(err)
	case redisSays(err, "MOVED", "ERR SELECT is not allowed in cluster mode"):
		return fault("redis.is_cluster", pathRedisMode).because(err)
	}
	return err
}
