package connector

import (
	"net"
	"slices"
)

// Endpoint returns a short text that says where a link leads, for lists and
// search: "host:port", a list of servers or an address; for services that are
// addressed by region, the region; "" if there is nothing to say.
func (c *Connector) Endpoint(values map[string]string) string {
	values = c.Normalise(values)
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if !in.Endpoint || !slices.Contains([]Kind{Host, HostPort, HostList, URI, Share}, in.Kind) {
			continue
		}
		address := c.Value(in.Name, values)
		if port := c.Value("linkConfig.port", values); address != "" && port != "" && in.Kind == Host {
			return net.JoinHostPort(address, port)
		}
		if address != "" {
			return address
		}
	}
	if region := c.Value("linkConfig.region", values); region != "" {
		return region
	}
	return c.Value("linkConfig.zone", values)
}

// SameDestination reports whether a and b send their credentials to the same
// place and for the same account (S11), and otherwise the path of the first
// input that differs. It compares meanings, not texts (S12): a blank port is
// the default port.
func (c *Connector) SameDestination(a, b map[string]string) (string, bool) {
	a, b = c.Normalise(a), c.Normalise(b)
	for i := range c.Inputs {
		in := &c.Inputs[i]
		if in.Endpoint && c.destination(in, a) != c.destination(in, b) {
			return in.Name, false
		}
	}
	return "", true
}

// destination is the value of an Endpoint input; port 0 is how some clients
// say that they did not choose one.
func (c *Connector) destination(in *Input, values map[string]string) string {
	value := c.Value(in.Name, values)
	if in.Kind == Port && value == "0" {
		return c.DefaultFor(in, values)
	}
	return value
}
