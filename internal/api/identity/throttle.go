package identity

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"switchboard/internal/api"
	"switchboard/internal/api/store"
)

// A throttle makes those wait who failed often: a second at first, twice as
// long with each further failure. The longest wait is short, because whoever
// knows a user's name can make that user wait.
const (
	maxWait     = time.Minute
	forgetAfter = time.Hour // without a failure
	freeOfUser  = 5
	freeOfAddr  = 20 // an address can be a whole office
	// maxFactorWait is longer, because whoever makes somebody wait for a second factor
	// knows the password: of a million codes, three are right.
	maxFactorWait = 30 * time.Minute
)

type throttleRow struct {
	bun.BaseModel `bun:"table:throttles,alias:t"`

	Subject  string `bun:"subject,pk"`
	Failures int64
	LastAt   int64
}

// subject is what failures are counted by.
type subject struct {
	key  string
	free int64         // failures that cost nothing
	most time.Duration // to wait
}

// subjects are the user that was tried, known or not, and the address.
func subjects(c Credentials, known person, addr string) []subject {
	user := "user:" + known.UserID
	if known.UserID == "" {
		// What was typed is not kept: it could be a password. The account does
		// not count: spelling it otherwise must not start anew, as it does not
		// for a user who exists.
		user = "name:" + digest(c.Name+"\x00"+c.UserID)
	}
	return withAddr(subject{user, freeOfUser, maxWait}, addr)
}

// factorSubjects are the same for codes of a second factor: who knows a password is
// not forgiven wrong codes.
func factorSubjects(user User, addr string) []subject {
	return withAddr(subject{"factor:" + user.ID, freeOfUser, maxFactorWait}, addr)
}

func withAddr(who subject, addr string) []subject {
	all := []subject{who}
	if addr != "" {
		all = append(all, subject{"addr:" + network(addr), freeOfAddr, maxWait})
	}
	return all
}

// network is the part of an address that one visitor cannot change at will:
// all of IPv4, half of IPv6.
func network(addr string) string {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return digest(addr)
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

// throttled answers Limit, with the seconds to wait, if one of the subjects
// failed too often lately.
func (s *Service) throttled(ctx context.Context, db bun.IDB, all []subject) error {
	known := map[string]subject{}
	for _, subject := range all {
		known[subject.key] = subject
	}
	var rows []throttleRow
	err := db.NewSelect().Model(&rows).Where("subject IN (?)", bun.List(slices.Collect(maps.Keys(known)))).Scan(ctx)
	if err != nil {
		return err
	}
	var wait time.Duration
	for _, row := range rows {
		of := known[row.Subject]
		wait = max(wait, store.Time(row.LastAt).Add(pause(row.Failures-of.free, of.most)).Sub(s.now()))
	}
	if wait <= 0 {
		return nil
	}
	return api.Errorf(api.Limit, "identity.too_many", "seconds", int((wait+time.Second-1)/time.Second))
}

// pause is how long to wait after so many failures beyond the free ones, at most so long.
func pause(beyond int64, most time.Duration) time.Duration {
	if beyond < 0 {
		return 0
	}
	return min(time.Second<<min(beyond, 11), most)
}

// countFailure adds a failure to each subject.
func (s *Service) countFailure(ctx context.Context, tx bun.IDB, all []subject) error {
	now := s.now()
	for _, subject := range all {
		row := throttleRow{Subject: subject.key, Failures: 1, LastAt: store.Micros(now)}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (subject) DO UPDATE").
			Set("failures = CASE WHEN t.last_at < ? THEN 1 ELSE t.failures + 1 END", store.Micros(now.Add(-forgetAfter))).
			Set("last_at = EXCLUDED.last_at").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// forgive forgets the failures of a user who proved to be the user.
func (s *Service) forgive(ctx context.Context, user subject) error {
	failed, err := s.db.Read.NewSelect().Model((*throttleRow)(nil)).Where("subject = ?", user.key).Exists(ctx)
	if err != nil || !failed {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*throttleRow)(nil)).Where("subject = ?", user.key).Exec(ctx)
		return err
	})
}
