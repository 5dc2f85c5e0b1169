package oidc_test

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/api/identity"
	"switchboard/internal/api/identity/oidc"
)

func TestAProviderSaysWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	name := r.person(claims{
		"preferred_username": "ada", "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true,
		"groups": []string{"engine", "poets"},
	})
	who, err := r.signIn(name)
	require.NoError(t, err)
	require.Equal(t, identity.External{
		Issuer: "http://" + r.server.Addr(), Subject: name, Name: "ada", FullName: "Ada Lovelace", Email: "ada@example.com",
		Groups: []string{"engine", "poets"},
	}, who)
}

func TestTheBrowserIsSentWithProofOfWhoBeganAndNothingSecret(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	flow, address := r.begin()
	u, err := url.Parse(address)
	require.NoError(t, err)
	q := u.Query()
	require.Equal(t, []string{"code", "S256", back, "openid profile email"},
		[]string{q.Get("response_type"), q.Get("code_challenge_method"), q.Get("redirect_uri"), q.Get("scope")})
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		require.GreaterOrEqual(t, len(q.Get(name)), 26, "%s cannot be guessed", name)
	}
	require.NotContains(t, address, r.Secret.Reveal())
	require.NotContains(t, flow, r.Secret.Reveal())
	other, _ := r.begin()
	require.NotEqual(t, flow, other)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claim  string
		said   claims
		groups []string
	}{
		"a list":                          {"groups", claims{"groups": []string{"a", "b"}}, []string{"a", "b"}},
		"one text":                        {"groups", claims{"groups": "a"}, []string{"a"}},
		"inside of another claim":         {"realm_access.roles", claims{"realm_access": claims{"roles": []string{"a"}}}, []string{"a"}},
		"two deep":                        {"resource_access.my.console.roles", claims{"resource_access": claims{"my.console": claims{"roles": []string{"a"}}}}, []string{"a"}},
		"a name with dots":                {"https://example.com/groups", claims{"https://example.com/groups": []string{"a"}}, []string{"a"}},
		"a path, exactly as it is":        {"groups", claims{"groups": []string{"/ops/Night shift"}}, []string{"/ops/Night shift"}},
		"no claim":                        {"groups", claims{}, nil},
		"an empty list":                   {"groups", claims{"groups": []string{}}, []string{}},
		"an empty text":                   {"groups", claims{"groups": " "}, []string{}},
		"nothing":                         {"groups", claims{"groups": nil}, nil},
		"what are no texts is left out":   {"groups", claims{"groups": []any{"a", 7, nil, claims{"name": "b"}, ""}}, []string{"a"}},
		"a claim that is no list":         {"groups", claims{"groups": 7}, nil},
		"a path into what is no object":   {"groups.names", claims{"groups": []string{"a"}}, nil},
		"no groups are looked for at all": {"", claims{"groups": []string{"a"}, "": []string{"b"}}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := register(t, nil, func(o *oidc.Config) { o.GroupsClaim = c.claim })
			c.said["preferred_username"] = "ada"
			who, err := r.signIn(r.person(c.said))
			require.NoError(t, err)
			require.Equal(t, c.groups, who.Groups, "nil is not known, empty is none")
		})
	}
	t.Run("too many for the token are not taken for none", func(t *testing.T) {
		t.Parallel()
		r := register(t, nil)
		_, err := r.signIn(r.person(claims{
			"preferred_username": "ada", "_claim_names": claims{"groups": "far"}, "_claim_sources": claims{"far": claims{"endpoint": "http://127.0.0.1:1/"}},
		}))
		r.requireRefused(err, api.Forbidden, "oidc.groups_elsewhere")
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claim string
		said  claims
		want  string
	}{
		"the usual claim": {"preferred_username", claims{"preferred_username": "ada", "email": "a@example.com", "email_verified": true}, "ada"},
		"another claim":   {"ids.login", claims{"preferred_username": "ada", "ids": claims{"login": "ada.l"}}, "ada.l"},
		"without it the address that was verified": {"preferred_username", claims{"email": "a@example.com", "email_verified": true}, "a@example.com"},
		"verified, as a text":                      {"preferred_username", claims{"email": "a@example.com", "email_verified": "true"}, "a@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := register(t, nil, func(o *oidc.Config) { o.NameClaim = c.claim })
			who, err := r.signIn(r.person(c.said))
			require.NoError(t, err)
			require.Equal(t, c.want, who.Name)
		})
	}
	for name, said := range map[string]claims{
		"nothing at all":                  {},
		"an address that nobody verified": {"email": "a@example.com", "email_verified": false},
		"an address without a word of it": {"email": "a@example.com"},
		"a name that is no text":          {"preferred_username": 7},
	} {
		t.Run(name+" is no name", func(t *testing.T) {
			t.Parallel()
			r := register(t, nil)
			_, err := r.signIn(r.person(said))
			r.requireRefused(err, api.Forbidden, "oidc.no_name")
		})
	}
	t.Run("an address that nobody verified is not kept", func(t *testing.T) {
		t.Parallel()
		r := register(t, nil)
		who, err := r.signIn(r.person(claims{"preferred_username": "ada", "email": "a@example.com", "given_name": "Ada", "family_name": "L"}))
		require.NoError(t, err)
		require.Empty(t, who.Email)
		require.Equal(t, "Ada L", who.FullName)
	})
}

func TestWhatTheTokenLeavesOutIsAskedFor(t *testing.T) {
	t.Parallel()
	r := register(t, claims{"preferred_username": nil, "groups": nil, "name": nil})
	who, err := r.signIn(r.person(claims{"preferred_username": "ada", "name": "Ada", "groups": []string{"a"}}))
	require.NoError(t, err)
	require.Equal(t, []string{"ada", "Ada", "a"}, append([]string{who.Name, who.FullName}, who.Groups...))
}

func TestWhatTheTokenSaysCountsFirst(t *testing.T) {
	t.Parallel()
	r := register(t, claims{"preferred_username": "grace", "name": nil})
	who, err := r.signIn(r.person(claims{"preferred_username": "ada", "name": "Ada"}))
	require.NoError(t, err)
	require.Equal(t, "grace", who.Name)
}

func TestATokenThatIsNotForThisSignInIsRefused(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]claims{
		"for another client":              {"aud": "somebody"},
		"for others and us, but not ours": {"azp": "somebody"},
		"of another issuer":               {"iss": "https://somebody.example"},
		"of another sign-in":              {"nonce": "another"},
		"of no sign-in":                   {"nonce": nil},
		"expired":                         {"exp": time.Now().Add(-2 * time.Minute).Unix()},
		"without an end":                  {"exp": nil},
		"not valid yet":                   {"nbf": time.Now().Add(time.Hour).Unix()},
		"of nobody":                       {"sub": ""},
		"of somebody without a name":      {"sub": nil},
		"with another access token":       {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := register(t, other)
			_, err := r.signIn(r.person(claims{"preferred_username": "ada", "name": "A", "email": "a@b", "groups": "g"}))
			r.requireRefused(err, api.Unauthorised, "oidc.not_believed")
		})
	}
	t.Run("signed with a key that the provider does not publish", func(t *testing.T) {
		t.Parallel()
		lies := newBetween(t)
		lies.keys.Store(true)
		r := register(t, nil, lies.asIssuer)
		_, err := r.signIn(r.person(claims{"preferred_username": "ada"}))
		r.requireRefused(err, api.Unauthorised, "oidc.not_believed")
	})
	t.Run("issued where another provider is asked for tokens", func(t *testing.T) {
		t.Parallel()
		lies := newBetween(t)
		lies.host.Store(new("/oauth/token"))
		r := register(t, nil, lies.asIssuer)
		_, err := r.signIn(r.person(claims{"preferred_username": "ada"}))
		r.requireRefused(err, api.Unauthorised, "oidc.not_believed")
	})
}

func TestClocksMayBeAMinuteApart(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]claims{
		"ours is fast": {"exp": time.Now().Add(-30 * time.Second).Unix()},
		"ours is slow": {"nbf": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Add(time.Minute).Unix()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := register(t, other)
			_, err := r.signIn(r.person(claims{"preferred_username": "ada"}))
			require.NoError(t, err)
		})
	}
}

func TestAnAnswerBelongsToTheBrowserThatBegan(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	flow, address := r.begin()
	answer := r.answered(address, r.person(claims{"preferred_username": "ada"}), "enter")
	other, _ := r.begin()
	for name, c := range map[string]struct {
		flow   string
		answer url.Values
	}{
		"a browser that began nothing":           {"", answer},
		"a browser that began another one":       {other, answer},
		"an answer without state":                {flow, url.Values{"code": answer["code"]}},
		"an answer with another state":           {flow, url.Values{"code": answer["code"], "state": {"another"}}},
		"no flow and no state are not the same":  {"{}", url.Values{"code": answer["code"], "state": {""}}},
		"what was a flow once, and is cut short": {flow[:20], answer},
	} {
		_, err := r.Finish(t.Context(), c.flow, c.answer)
		require.ErrorContains(t, err, "oidc.state", name)
		require.Equal(t, api.Unauthorised, api.CodeOf(err), name)
	}
	answer.Set("iss", "https://somebody.example")
	_, err := r.Finish(t.Context(), flow, answer)
	r.requireRefused(err, api.Unauthorised, "oidc.not_believed")
	answer.Set("iss", r.Issuer)
	_, err = r.Finish(t.Context(), flow, answer)
	require.NoError(t, err, "none of them has used up the code")
}

func TestASignInEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	for _, age := range []time.Duration{11 * time.Minute, -time.Minute} {
		r := register(t, nil)
		flow, address := r.begin()
		answer := r.answered(address, r.person(claims{"preferred_username": "ada"}), "enter")
		r.ahead.Store(int64(age))
		_, err := r.Finish(t.Context(), flow, answer)
		r.requireRefused(err, api.Unauthorised, "oidc.state")
	}
}

func TestACodeCountsOnceAndForWhoAskedForIt(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	name := r.person(claims{"preferred_username": "ada"})
	t.Run("made up", func(t *testing.T) {
		flow, address := r.begin()
		answer := r.answered(address, name, "enter")
		answer.Set("code", "made-up")
		_, err := r.Finish(t.Context(), flow, answer)
		r.requireRefused(err, api.Unauthorised, "oidc.code")
	})
	t.Run("twice", func(t *testing.T) {
		flow, address := r.begin()
		answer := r.answered(address, name, "enter")
		_, err := r.Finish(t.Context(), flow, answer)
		require.NoError(t, err)
		_, err = r.Finish(t.Context(), flow, answer)
		r.requireRefused(err, api.Unauthorised, "oidc.code")
	})
	t.Run("somebody else's, brought to a flow of one's own", func(t *testing.T) {
		_, address := r.begin()
		stolen := r.answered(address, name, "enter").Get("code")
		flow, address := r.begin()
		answer := r.answered(address, name, "enter")
		answer.Set("code", stolen)
		_, err := r.Finish(t.Context(), flow, answer)
		r.requireRefused(err, api.Unauthorised, "oidc.code")
	})
	t.Run("with another secret of the client", func(t *testing.T) {
		r := register(t, nil, func(o *oidc.Config) { o.Secret = api.NewSecret("wrong") })
		_, err := r.signIn(r.person(claims{"preferred_username": "ada"}))
		r.requireRefused(err, api.Unauthorised, "oidc.code")
		require.NotContains(t, err.Error(), "wrong")
	})
}

func TestAClientWithoutSecretProvesItselfByPKCE(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	r.server.Exec(t, "client "+r.ClientID+" - "+back)
	open, err := oidc.New(oidc.Config{Issuer: r.Issuer, ClientID: r.ClientID, NameClaim: "preferred_username"})
	require.NoError(t, err)
	r.Provider = open
	who, err := r.signIn(r.person(claims{"preferred_username": "ada"}))
	require.NoError(t, err)
	require.Equal(t, "ada", who.Name)
}

func TestWhoTheProviderRefusesIsToldSo(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	flow, address := r.begin()
	answer := r.answered(address, "", "refuse")
	_, err := r.Finish(t.Context(), flow, answer)
	r.requireRefused(err, api.Forbidden, "oidc.refused")
	answer.Set("error", "<b>call 555-1234</b>")
	answer.Set("error_description", "<b>call 555-1234</b>")
	_, err = r.Finish(t.Context(), flow, answer)
	r.requireRefused(err, api.Forbidden, "oidc.refused")
	require.NotContains(t, err.Error(), "555", "nothing that the address says is repeated")
}

func TestAProviderMayChangeItsKeys(t *testing.T) {
	t.Parallel()
	r := register(t, nil)
	name := r.person(claims{"preferred_username": "ada"})
	for range 2 {
		_, err := r.signIn(name)
		require.NoError(t, err)
		r.server.Exec(t, "rotate")
	}
}

func TestAProviderThatIsDown(t *testing.T) {
	t.Parallel()
	t.Run("when the console starts, is asked again when it is back", func(t *testing.T) {
		t.Parallel()
		line := newBetween(t)
		line.down.Store(true)
		r := register(t, nil, line.asIssuer)
		_, _, err := r.Begin(t.Context(), back)
		r.requireRefused(err, api.Unavailable, "oidc.down")
		line.down.Store(false)
		_, _, err = r.Begin(t.Context(), back)
		r.requireRefused(err, api.Unavailable, "oidc.down")
		r.ahead.Store(int64(3 * time.Second))
		_, err = r.signIn(r.person(claims{"preferred_username": "ada"}))
		require.NoError(t, err)
	})
	t.Run("when somebody comes back from it, says so", func(t *testing.T) {
		t.Parallel()
		line := newBetween(t)
		r := register(t, nil, line.asIssuer)
		flow, address := r.begin()
		answer := r.answered(address, r.person(claims{"preferred_username": "ada"}), "enter")
		line.down.Store(true)
		_, err := r.Finish(t.Context(), flow, answer)
		r.requireRefused(err, api.Unavailable, "oidc.down")
		line.down.Store(false)
		_, err = r.Finish(t.Context(), flow, answer)
		require.NoError(t, err)
	})
	t.Run("when it is to be asked about itself again, is still known", func(t *testing.T) {
		t.Parallel()
		line := newBetween(t)
		r := register(t, nil, line.asIssuer)
		r.begin()
		line.down.Store(true)
		r.ahead.Store(int64(2 * time.Hour))
		r.begin()
	})
}

func TestAProviderThatCallsItselfOtherwiseIsNotUsed(t *testing.T) {
	t.Parallel()
	lies := newBetween(t)
	lies.host.Store(new("/.well-known/"))
	r := register(t, nil, lies.asIssuer)
	_, _, err := r.Begin(t.Context(), back)
	r.requireRefused(err, api.Unavailable, "oidc.other_issuer")
}

func TestConfigurationIsJudged(t *testing.T) {
	t.Parallel()
	for issuer, fine := range map[string]bool{
		"https://id.example.com":             true,
		"https://id.example.com/realms/acme": true,
		"http://127.0.0.1:5556/dex":          true,
		"http://[::1]:5556":                  true,
		"http://localhost:8180/realms/acme":  true,
		"http://id.example.com":              false,
		"http://127.0.0.1.example.com":       false,
		"https://id.example.com?tenant=1":    false,
		"https://me@id.example.com":          false,
		"id.example.com":                     false,
		"file:///etc/passwd":                 false,
		"":                                   false,
	} {
		_, err := oidc.New(oidc.Config{Issuer: issuer, ClientID: "console"})
		require.Equal(t, fine, err == nil, strconv.Quote(issuer))
	}
	_, err := oidc.New(oidc.Config{Issuer: "https://id.example.com"})
	require.Error(t, err, "without a client id")
}
