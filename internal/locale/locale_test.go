package locale_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

func TestT(t *testing.T) {
	t.Parallel()
	en := locale.With(t.Context(), "en")
	zh := locale.With(t.Context(), "zh")

	t.Run("speaks the language of the context", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Sign in", locale.T(en, "sign_in.button"))
		require.Equal(t, "登录", locale.T(zh, "sign_in.button"))
	})
	t.Run("speaks English without a language, or with an unknown one", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Sign in", locale.T(context.Background(), "sign_in.button"))
		require.Equal(t, "Sign in", locale.T(locale.With(t.Context(), "fr"), "sign_in.button"))
		require.Equal(t, "en", locale.Lang(locale.With(t.Context(), "fr")))
	})
	t.Run("fills in arguments", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Signed in as <b>", locale.T(en, "shell.signed_in", "name", "<b>"), "text, not markup: escaping is the template's business")
	})
	t.Run("counts", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "1 issue", locale.T(en, "form.issues", "count", 1))
		require.Equal(t, "2 issues", locale.T(en, "form.issues", "count", 2))
		require.Equal(t, "2 个问题", locale.T(zh, "form.issues", "count", 2))
	})
	t.Run("shows a missing key in brackets", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "[no.such.key]", locale.T(en, "no.such.key"))
	})
}

func TestMsg(t *testing.T) {
	t.Parallel()
	zh := locale.With(t.Context(), "zh")
	change := api.M("change.create", "kind", api.M("kind.link"))

	t.Run("translates a message inside a message first", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, "Link created", locale.In("en", change))
		require.Equal(t, "创建了连接", locale.Msg(zh, change))
	})
	t.Run("a message survives being stored as JSON", func(t *testing.T) {
		t.Parallel()
		for _, m := range []api.Message{change, api.M("form.issues", "count", 3), api.M("duration.ms", "n", 2_000_000)} {
			text, err := json.Marshal(m)
			require.NoError(t, err)
			var back api.Message
			require.NoError(t, json.Unmarshal(text, &back))
			require.Equal(t, locale.Msg(zh, m), locale.Msg(zh, back))
		}
	})
	t.Run("says nothing for no message", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, locale.Msg(zh, api.Message{}))
	})
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                              "en",
		"zh-CN,zh;q=0.9,en;q=0.8":       "zh",
		"zh-Hant-TW":                    "zh",
		"en-GB,en;q=0.9,zh;q=0.8":       "en",
		"fr-FR,fr;q=0.9,zh;q=0.8":       "zh",
		"fr":                            "en",
		"en;q=0.5,zh;q=0.9":             "zh",
		"this is not a language header": "en",
	} {
		require.Equal(t, want, locale.Negotiate(header), header)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	en := locale.With(t.Context(), "en")
	zh := locale.With(t.Context(), "zh")
	for d, want := range map[time.Duration][2]string{
		90 * time.Microsecond:                 {"< 1 ms", "不到 1 毫秒"},
		12*time.Millisecond + 900_000:         {"12 ms", "12 毫秒"},
		2519 * time.Millisecond:               {"2.5 s", "2.5 秒"},
		2*time.Minute + 5900*time.Millisecond: {"2 min 5 s", "2 分 5 秒"},
	} {
		require.Equal(t, want[0], locale.Duration(en, d))
		require.Equal(t, want[1], locale.Duration(zh, d))
	}
	at := time.Date(2026, 11, 22, 13, 30, 9, 0, time.FixedZone("CST", 8*60*60))
	require.Equal(t, "2026-11-22 05:30 UTC", locale.Time(at))
	require.Equal(t, "2026-11-22 05:30:09 UTC", locale.FullTime(at))
}

func BenchmarkT(b *testing.B) {
	ctx := locale.With(b.Context(), "zh")
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			locale.T(ctx, "sign_in.button")
		}
	})
	b.Run("argument", func(b *testing.B) {
		for b.Loop() {
			locale.T(ctx, "shell.signed_in", "name", "admin")
		}
	})
}
