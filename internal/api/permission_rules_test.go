package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
)

// verdict is that of a batch of one.
func verdict(d api.PermissionDraft) api.Verdict {
	return (&api.PermissionBatch{Entries: []api.PermissionDraft{d}}).Verdicts(time.Now())[0]
}

func TestEntriesOfAWhitelist(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"iam:domain::4dbb0ce8766f44a9bfd08ccf8fc02397":     "",
		"iam:domain::4dbb0ce8766f44a9bfd08ccf8fc023971":    "", // as long as that of the documents
		"iam:domain::019aa5c2-7d1e-7c4b-9d3f-2f6b0b6a7c11": "",
		"iam:domain::" + strings.Repeat("a", 52):           "",
		"iam:domain::" + strings.Repeat("a", 53):           "permission.too_long",
		"iam:domain::" + strings.Repeat("字", 53):           "permission.too_long",
		"":                                 "permission.required",
		"iam:domain::":                     "permission.account_form",
		"iam:domain::-a":                   "permission.account_form",
		"iam:domain::a b":                  "permission.account_form",
		"iam:domain::a\n":                  "permission.account_form",
		"iam:domain::iam:domain::a":        "permission.account_form",
		"iam:domain::ａ":                    "permission.account_form",
		"iam:domain::*":                    "permission.every_account",
		"*":                                "permission.everyone_apart",
		"**":                               "permission.form",
		" *":                               "permission.form",
		"4dbb0ce8766f44a9bfd08ccf8fc02397": "permission.prefix_missing",
		"IAM:domain::a":                    "permission.form",
		"iam:user::a":                      "permission.form",
		strings.Repeat("a", 53):            "permission.form",
		"organizations:orgPath::*":         "permission.organization",
		"organizations:orgPath::" + strings.Repeat("o/", 1000): "permission.organization",
		"iam:domain::a\x00": "permission.account_form",
		"\xff":              "permission.form",
	} {
		v := verdict(api.PermissionDraft{Permission: text})
		require.Equal(t, want, v.Permission.Key, "%q", text)
		require.Equal(t, want == "", v.Fine())
	}
}

func TestDescriptionsOfEntries(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                         "",
		"批量添加, “quoted” & 100%":    "",
		"family 👩‍👧 emoji":         "",
		strings.Repeat("字", 256):   "",
		strings.Repeat("字", 257):   "vpcep.description_too_long",
		"a < b":                    "vpcep.description_brackets",
		"a\nb":                     "vpcep.description_control",
		"a\tb":                     "vpcep.description_control",
		"a\u2028b":                 "vpcep.description_control",
		"moc.elpmaxe\u202egnp.exe": "vpcep.description_control",
		"\x00":                     "vpcep.description_control",
		"\xff":                     "vpcep.description_control",
	} {
		v := verdict(api.PermissionDraft{Permission: "iam:domain::a", Description: text})
		require.Equal(t, want, v.Description.Key, "%q", text)
	}
}

func TestEndsOfEntries(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for want, times := range map[string][]time.Time{
		"":                        {{}, now.Add(time.Second), now.AddDate(10, 0, 0)},
		"permission.expires_past": {now, now.Add(-time.Second), time.Unix(0, 0)},
		"permission.expires_far":  {now.AddDate(10, 0, 2), now.AddDate(3000, 0, 0)},
	} {
		for _, at := range times {
			batch := api.PermissionBatch{Entries: []api.PermissionDraft{{Permission: "iam:domain::a", Expires: at}}}
			require.Equal(t, want, batch.Verdicts(now)[0].Expires.Key, at)
			change := api.PermissionChange{Expires: &at}
			require.Equal(t, want == "", change.Problems(&api.Permission{}, now) == nil, at)
		}
	}
}

func TestThatEveryoneMayConnectCanOnlyEndSooner(t *testing.T) {
	t.Parallel()
	now := time.Now()
	end, never := now.Add(time.Hour), time.Time{}
	for _, c := range []struct {
		permission    string
		stored, wants time.Time
		refused       []string
	}{
		{api.Everyone, end, now.Add(time.Minute), nil},
		{api.Everyone, end, end, nil},
		{api.Everyone, never, end, nil},
		{api.Everyone, never, never, nil},
		{api.Everyone, end, end.Add(time.Microsecond), []string{"expires permission.everyone_longer"}},
		{api.Everyone, end, never, []string{"expires permission.everyone_longer"}},
		{api.Everyone, end, now, []string{"expires permission.expires_past"}},
		{"iam:domain::a", end, never, nil},
	} {
		change := api.PermissionChange{Expires: &c.wants}
		require.Equal(t, c.refused, said(change.Problems(&api.Permission{Permission: c.permission, Expires: c.stored}, now)), c)
	}
}

func TestTheSecondOfTwoEntriesNamesTheLineOfTheFirst(t *testing.T) {
	t.Parallel()
	batch := api.PermissionBatch{Everyone: true}
	for _, text := range []string{"bad!", "iam:domain::a", "*", "bad!", "iam:domain::a", "*", "iam:domain::a", "iam:domain::A"} {
		batch.Entries = append(batch.Entries, api.PermissionDraft{Permission: text})
	}
	require.Equal(t, []string{
		"permissions.0.permission permission.form", "permissions.3.permission permission.form",
		"permissions.4.permission permission.twice", "permissions.5.permission permission.twice",
		"permissions.6.permission permission.twice",
	}, said(api.VerdictProblems(batch.Verdicts(time.Now()))))
	for line, at := range map[int]int{2: 4, 3: 5} {
		require.Equal(t, line, batch.Verdicts(time.Now())[at].Permission.Args["line"])
	}
	batch.Repeat = true
	require.Len(t, api.VerdictProblems(batch.Verdicts(time.Now())), 2, "only what is malformed")
}

func TestToOpenAServiceTakesItsNameAndAReason(t *testing.T) {
	t.Parallel()
	const name = "local-1.mirror.019aa5c2"
	for reason, want := range map[string][]string{
		"agreed with the network team": nil,
		"已与网络团队确认可公开":                  nil,
		"because":                      {"reason permission.reason_short"},
		"          ok          ":       {"reason permission.reason_short"},
		strings.Repeat("字", 501):       {"reason permission.reason_long"},
		"two lines\nare too many":      {"reason vpcep.description_control"},
	} {
		d := api.EveryoneDraft{Confirm: name, Reason: reason}
		require.Equal(t, want, said(d.Problems(name, time.Now())), reason)
	}
	for _, confirm := range []string{"", "mirror", name + " ", strings.ToUpper(name)} {
		d := api.EveryoneDraft{Confirm: confirm, Reason: "agreed with the network team"}
		require.Equal(t, []string{"confirm permission.confirm"}, said(d.Problems(name, time.Now())), confirm)
	}
}
