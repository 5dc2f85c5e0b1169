package probe

import (
	"context"
	"net"
	"slices"
	"strconv"
)

// redisMode makes sure that the server is deployed as the link says, which
// decides how clients talk to it.
func (a *attempt) redisMode(ctx context.Context, c *redisConn) error {
	if a.in.is(pathRedisMode, "Cluster") {
		return a.redisCluster(ctx, c)
	}
	info, err := c.askText("INFO", "server")
	if redisSays(err, "ERR", "NOPERM") {
		a.warn(fault("redis.no_info", pathRedisMode).because(err))
		return nil
	}
	if err != nil {
		return err
	}
	switch mode := redisField(info, "redis_mode"); mode {
	case "cluster":
		return fault("redis.is_cluster", pathRedisMode)
	case "sentinel":
		return fault("redis.is_sentinel", pathRedisServers)
	default:
		a.found(mode)
		return nil
	}
}

// redisCluster asks the cluster how it is and where its nodes are. Clients
// connect to the addresses that it names, so each must be reachable from here:
// without a master part of the keys is missing, without a replica none is.
func (a *attempt) redisCluster(ctx context.Context, c *redisConn) error {
	info, err := c.askText("CLUSTER", "INFO")
	if redisSays(err, "ERR") { // "This instance has cluster support disabled", or an unknown command
		return fault("redis.not_cluster", pathRedisMode).because(err)
	}
	if err != nil {
		return err
	}
	if redisField(info, "cluster_state") != "ok" {
		return fault("redis.cluster_down", "")
	}
	masters, replicas, err := a.redisNodes(c)
	if err != nil {
		return err
	}
	lost, _, err := a.reachAll(ctx, slices.Concat(masters, replicas))
	if err != nil || len(lost) == 0 {
		return err
	}
	owner := map[endpoint]bool{}
	for _, at := range masters {
		owner[at] = true
	}
	for _, at := range lost {
		if owner[at] {
			return a.naming(lost, fault("redis.lost_master", pathRedisServers))
		}
	}
	a.warn(a.naming(lost, fault("redis.lost_replica", pathRedisServers)))
	return nil
}

// redisNodes returns where the cluster's nodes are: for each range of slots
// its limits, the master, and the replicas.
func (a *attempt) redisNodes(c *redisConn) (masters, replicas []endpoint, err error) {
	answer, err := c.ask("CLUSTER", "SLOTS")
	if err != nil {
		return nil, nil, err
	}
	ranges, _ := answer.([]any)
	for _, r := range ranges {
		nodes, _ := r.([]any)
		if len(nodes) < 3 {
			return nil, nil, errRedis
		}
		for i, node := range nodes[2:] {
			at, err := a.redisNode(node)
			switch {
			case err != nil:
				return nil, nil, err
			case i == 0:
				masters = append(masters, at)
			default:
				replicas = append(replicas, at)
			}
		}
	}
	if len(masters) == 0 {
		return nil, nil, errRedis
	}
	return masters, replicas, nil
}

// redisNode reads a node: its host, its port and more. No host means the one
// that was asked.
func (a *attempt) redisNode(node any) (endpoint, error) {
	parts, _ := node.([]any)
	if len(parts) < 2 {
		return endpoint{}, errRedis
	}
	host, _ := parts[0].(string)
	port, _ := parts[1].(int64)
	if host == "" {
		host = a.at.host
	}
	at, err := readEndpoint(net.JoinHostPort(host, strconv.FormatInt(port, 10)), pathRedisServers)
	if err != nil {
		return endpoint{}, errRedis
	}
	return at, nil
}
