package templates

import (
	"context"

	"switchboard/internal/api"
	"switchboard/internal/locale"
	"switchboard/web/templates/form"
)

// HookView is the page of alerts.
type HookView struct {
	Base   string
	Form   *form.Form
	Hook   api.Hook // as it is stored
	Tested bool     // an event was sent just now
}

// hookDeliveryID is the part that sending an event replaces.
const hookDeliveryID = "hook-delivery"

func (v *HookView) path() string { return v.Base + "/alerts" }

// news is what a screen reader hears after an event was sent.
func (v *HookView) news(ctx context.Context) string {
	switch {
	case !v.Tested:
		return ""
	case v.Hook.LastError.IsZero():
		return locale.T(ctx, "alerts.taken")
	default:
		return locale.T(ctx, "alerts.not_taken") + locale.T(ctx, "form.colon") + locale.Msg(ctx, v.Hook.LastError)
	}
}

// HookForm describes the form: url, enabled, secret and the version seen. h is
// the stored hook.
func HookForm(ctx context.Context, base string, h api.Hook) *form.Form {
	f := &form.Form{
		ID: "hook-form", Action: base + "/alerts", Guard: true,
		Sections: []form.Section{{ID: "hook-fields", Fields: []form.Field{
			{
				Path: "url", Kind: form.Text, Label: locale.T(ctx, "alerts.url"), Help: locale.T(ctx, "alerts.url_help"),
				Placeholder: "https://alerts.example.com/switchboard",
			},
			{
				Path: "secret", Kind: form.Password, Label: locale.T(ctx, "alerts.secret"), Help: locale.T(ctx, "alerts.secret_help"),
				Required: true, Stored: h.Secret, Generate: true,
			},
			{Path: "enabled", Kind: form.Switch, Label: locale.T(ctx, "alerts.enabled"), Help: locale.T(ctx, "alerts.enabled_help")},
		}}},
	}
	if h.Version != 0 {
		f.Hidden = []form.Hidden{{Name: "version", Value: version(h.Version)}}
	}
	return f
}

// verifyPython and verifyGo check a signature; tests run them.
const verifyPython = `import base64, hashlib, hmac, time

def ours(secret: str, headers, body: bytes) -> bool:
    if abs(time.time() - int(headers["Webhook-Timestamp"])) > 300:
        return False  # too old, or from the future
    key = secret.encode()
    if secret.startswith("whsec_"):
        key = base64.b64decode(secret[len("whsec_"):])
    signed = b".".join([headers["Webhook-Id"].encode(), headers["Webhook-Timestamp"].encode(), body])
    mine = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(mine, sig) for sig in headers["Webhook-Signature"].split())
`

const verifyGo = `func ours(secret string, h http.Header, body []byte) bool {
	at, err := strconv.ParseInt(h.Get("Webhook-Timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false // too old, or from the future
	}
	key := []byte(secret)
	if text, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if key, err = base64.StdEncoding.DecodeString(text); err != nil {
			return false
		}
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", h.Get("Webhook-Id"), h.Get("Webhook-Timestamp"), body)
	mine := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for sig := range strings.FieldsSeq(h.Get("Webhook-Signature")) {
		if hmac.Equal([]byte(sig), []byte(mine)) {
			return true
		}
	}
	return false
}
`
