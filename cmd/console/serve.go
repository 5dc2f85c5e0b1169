package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"switchboard/internal/api"
	"switchboard/internal/api/audit"
	"switchboard/internal/api/embedded"
	"switchboard/internal/api/governance"
	"switchboard/internal/api/probe"
	"switchboard/internal/handlers"
)

// Limits of the server. A check of a link may take its time, and so may a
// reader; a header may not.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 2 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	drainTime     = 10 * time.Second
)

// envAdmin is the password of the first user, admin.
const (
	envAdmin  = envPrefix + "ADMIN_PASSWORD"
	adminName = "admin"
)

// served is what the handler is made of.
type served struct {
	*parts
	Service   *governance.Service // what people and programs are served with
	Audit     *audit.Log
	LinkDepth api.Depth        // how much of a link the wire API checks
	Checks    probe.Options    // how links are checked
	Keeps     embedded.Options // where objects are kept
	Own       netip.AddrPort   // where the server listens
	Stopping  <-chan struct{}  // closed when it stops
	OpenID    handlers.OpenID  // where people can sign in, too; nil if nowhere
	PublicURL string           // as browsers know it, empty for what they say
	Log       *slog.Logger
	Metrics   *metrics
	Regions   *operating         // how projects in regions are looked after
	Settings  []handlers.Setting // what the flags say, without secrets
	// MetricsToken opens the metrics where the server listens, and Apart is where
	// they are open; "" and nil if they are not.
	MetricsToken string
	Apart        net.Listener
}

func (p *program) serve(ctx context.Context, args []string) error {
	flags := newFlags()
	w := whereFlags(flags)
	listen, depth := flags.String("listen", "127.0.0.1:8080", ""), string(api.Connect)
	var trusted proxies
	flags.Func("trusted-proxy", "", func(text string) (err error) {
		trusted, err = parseProxies(text)
		return err
	})
	checks, kept, operate, signing := checkFlags(flags), keepFlags(flags), operatingFlags(flags), signingInFlags(flags)
	flags.Func("link-check", "", oneOf(&depth, string(api.Connect), string(api.Shape)))
	record(flags)
	if _, err := p.parse(flags, args); err != nil {
		return err
	}
	all, err := p.open(ctx, w)
	if err != nil {
		return err
	}
	defer all.close()
	if _, err := all.Identity.EnsureFirst(ctx, w.region); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	own, err := netip.ParseAddrPort(listener.Addr().String())
	if err != nil {
		return err
	}
	log := newLog(p.stderr, operate.logFormat)
	s := &served{parts: all, LinkDepth: api.Depth(depth), Checks: *checks, Own: own, Stopping: ctx.Done(), Log: log,
		Metrics: newMetrics(all, log), Regions: operate, Settings: effective(flags)}
	if err := p.measured(ctx, s, operate); err != nil {
		return err
	}
	defer s.closeApart()
	if s.Keeps, err = kept.options(w); err != nil {
		return err
	}
	s.PublicURL = signing.publicURL
	if s.OpenID, err = p.openID(ctx, all, signing); err != nil {
		return err
	}
	plane := newPlane(s)
	s.govern(plane)
	if err := plane.EnsureRegions(ctx); err != nil {
		return fmt.Errorf("regions: %w", err)
	}
	stop, err := begin(ctx, s, plane)
	if err != nil {
		return err
	}
	defer stop()
	s.showMetrics(ctx, plane)
	handler := trusted.behind(newHandler(s, plane)) //nolint:contextcheck // requests bring their own
	if err := p.greet(ctx, all, own); err != nil {
		return err
	}
	return answer(ctx, listener, handler, log)
}

// greet says where the server is, and how the first administrator gets in.
func (p *program) greet(ctx context.Context, all *parts, own netip.AddrPort) error {
	link, err := p.firstAdministrator(ctx, all)
	if err != nil {
		return err
	}
	url := "http://" + reachable(own).String()
	fmt.Fprintf(p.stdout, "Switchboard %s listening on %s\n", all.Version, url)
	if link != "" {
		fmt.Fprintf(p.stdout, "Set up the first administrator here, once and within 24 hours: %s%s\n", url, link)
	}
	return nil
}

// firstAdministrator makes the user admin, if a password is given, or returns the path
// of a set-up link. Where an administrator can sign in it does nothing.
func (p *program) firstAdministrator(ctx context.Context, all *parts) (string, error) {
	found, err := all.Identity.HasAdministrator(ctx)
	if err != nil || found {
		return "", err
	}
	if password := p.getenv(envAdmin); password != "" {
		_, err = all.Identity.CreateFirst(ctx, p.actor(), adminName, api.NewSecret(password))
		if api.CodeOf(err) == api.Invalid {
			err = fmt.Errorf("%s: %w", envAdmin, err)
		}
		if api.CodeOf(err) != api.Conflict {
			return "", err
		}
		// Somebody was faster; or somebody else is called admin, and the link is left.
	}
	token, err := all.Identity.NewSetUpLink(ctx)
	if err != nil {
		return "", ignore(api.Conflict, err) // somebody set it up in this very moment
	}
	return setUpPath(token), nil
}

func ignore(code api.Code, err error) error {
	if api.CodeOf(err) == code {
		return nil
	}
	return err
}

// reachable is an address that a browser on this machine can open.
func reachable(own netip.AddrPort) netip.AddrPort {
	switch ip := own.Addr(); {
	case ip == netip.IPv4Unspecified():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), own.Port())
	case ip.IsUnspecified():
		return netip.AddrPortFrom(netip.IPv6Loopback(), own.Port())
	default:
		return own
	}
}

// answer serves until ctx ends; then the requests under way may finish.
func answer(ctx context.Context, listener net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext:    func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping: requests under way may finish", "within", drainTime)
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		log.Warn("requests were cut off", "after", drainTime)
		_ = server.Close()
	}
	return nil
}
