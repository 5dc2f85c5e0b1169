package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"time"

	"switchboard/internal/api/embedded"
)

// operating is what the flags say to whoever runs the server: how it writes its
// log, and where it shows its metrics to everybody who gets there.
type operating struct {
	logFormat     string
	metricsListen string // "" if nowhere
	regionAge     time.Duration
	regionCalls   float64 // a second
}

func operatingFlags(flags *flag.FlagSet) *operating {
	o := &operating{logFormat: logText}
	flags.Func("log-format", "", oneOf(&o.logFormat, logText, logJSON))
	flags.StringVar(&o.metricsListen, "metrics-listen", "", "")
	flags.DurationVar(&o.regionAge, "region-age", 5*time.Second, "")
	flags.Float64Var(&o.regionCalls, "region-calls", 10, "")
	return o
}

// measured reads the token of the metrics, and listens at their own address if
// there is one; closeApart ends that.
func (p *program) measured(ctx context.Context, s *served, o *operating) (err error) {
	if s.MetricsToken, err = p.metricsToken(); err != nil || o.metricsListen == "" {
		return err
	}
	if s.Apart, err = new(net.ListenConfig).Listen(ctx, "tcp", o.metricsListen); err != nil {
		return fmt.Errorf("--metrics-listen: %w", err)
	}
	return nil
}

func (s *served) closeApart() {
	if s.Apart != nil {
		_ = s.Apart.Close()
	}
}

// showMetrics serves the metrics' own address, if there is one, until ctx ends.
func (s *served) showMetrics(ctx context.Context, plane *embedded.Plane) {
	if s.Apart == nil {
		return
	}
	handler := operations(s, plane)
	go func() {
		if err := answer(ctx, s.Apart, handler, s.Log); err != nil {
			s.Log.Error("the metrics are not shown any more", "cause", err)
		}
	}()
}

// own are the addresses at which the server listens.
func (s *served) own() []netip.AddrPort {
	all := []netip.AddrPort{s.Own}
	if s.Apart != nil {
		if at, err := netip.ParseAddrPort(s.Apart.Addr().String()); err == nil {
			all = append(all, at)
		}
	}
	return all
}
