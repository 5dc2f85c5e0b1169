package templates

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

func TestAChangeOfAProjectSaysWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	ctx := locale.With(t.Context(), locale.English)
	found := changedValues(ctx, api.Change{
		Kind: api.KindProject, Action: "set_role",
		Before: []byte(`{"user":"bea","user_id":"1","role":"none"}`), After: []byte(`{"user":"bea","user_id":"1","role":"approver"}`),
	})
	require.Equal(t, []valueChange{{Label: "bea", Before: "none", After: "approver"}}, found)

	found = changedValues(ctx, api.Change{
		Kind: api.KindProject, Action: "update",
		Before: []byte(`{"name":"shop","description":""}`), After: []byte(`{"name":"orders","description":""}`),
	})
	require.Equal(t, []valueChange{{Label: "Name", Before: "shop", After: "orders"}}, found)
}

func TestAChangeOfTheRulesOfApprovalIsReadRuleByRule(t *testing.T) {
	t.Parallel()
	change := api.Change{
		Kind: api.KindProject, Action: "rules",
		Before: []byte(`{"approval":{"link":["create"],"permission":["everyone"]}}`), After: []byte(`{"approval":{"link":["create","delete"]}}`),
	}
	for lang, lines := range map[string][]string{
		locale.English: {"Link: Create", "Link: Delete", "Whitelist: Open to every account"},
		locale.Chinese: {"连接：创建", "连接：删除", "白名单：向所有账号开放"},
	} {
		found := changedValues(locale.With(t.Context(), lang), change)
		require.Len(t, found, 1)
		require.Equal(t, []lineChange{{1, lines[0], lineKept}, {2, lines[1], lineAdded}, {0, lines[2], lineRemoved}}, found[0].Lines)
	}
}

// Every entry that the console writes of people, groups, keys, tokens, requests, alerts
// and of the log itself is told in words.
func TestWhatIsNoResourceIsToldInWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change api.Change
		en, zh []valueChange
	}{
		"a person is made": {
			api.Change{Kind: "user", After: []byte(`{"id":"1","name":"ann","full_name":"","email":"","administrator":false}`)},
			[]valueChange{{Label: "User name", After: "ann"}, {Label: "Administrator of the console", After: "No"}},
			[]valueChange{{Label: "用户名", After: "ann"}, {Label: "控制台管理员", After: "否"}},
		},
		"an administrator": {
			api.Change{Kind: "user", Before: []byte(`{"administrator":false}`), After: []byte(`{"administrator":true}`)},
			[]valueChange{{Label: "Administrator of the console", Before: "No", After: "Yes"}},
			[]valueChange{{Label: "控制台管理员", Before: "否", After: "是"}},
		},
		"somebody is disabled": {
			api.Change{Kind: "user", After: []byte(`{"sessions":2,"tokens":0,"access_keys":1}`)},
			[]valueChange{{Label: "Sessions ended", Note: "2"}, {Label: "Access keys deleted", Note: "1"}},
			[]valueChange{{Label: "已结束的会话", Note: "2"}, {Label: "已删除的访问密钥", Note: "1"}},
		},
		"memberships stay": {
			api.Change{Kind: "user", After: []byte(`{"groups":["Team","Night"]}`)},
			[]valueChange{{Label: "Memberships that stayed", Note: "Team; Night"}},
			[]valueChange{{Label: "保持不变的用户组", Note: "Team；Night"}},
		},
		"a theme": {
			api.Change{Kind: "user", Before: []byte(`{"lang":"en","theme":"dark"}`), After: []byte(`{"lang":"en","theme":"light"}`)},
			[]valueChange{{Label: "Theme", Before: "Dark", After: "Light"}},
			[]valueChange{{Label: "主题", Before: "深色", After: "浅色"}},
		},
		"a group": {
			api.Change{Kind: "group", Before: []byte(`{"name":"a","claim":""}`), After: []byte(`{"name":"a","claim":"devs"}`)},
			[]valueChange{{Label: "Group claim", After: "devs"}}, []valueChange{{Label: "组声明", After: "devs"}},
		},
		"a member": {
			api.Change{Kind: "group", After: []byte(`{"user_id":"1","user":"ann"}`)},
			[]valueChange{{Label: "Person", Note: "ann"}}, []valueChange{{Label: "人员", Note: "ann"}},
		},
		"a token": {
			api.Change{Kind: "token", After: []byte(`{"name":"ci","user":"ann","project":"","expires":"2026-11-22T08:00:00Z"}`)},
			[]valueChange{{Label: "What it is for", Note: "ci"}, {Label: "Person", Note: "ann"}, {Label: "Works until", Note: "2026-11-22 08:00 UTC"}},
			[]valueChange{{Label: "用途", Note: "ci"}, {Label: "人员", Note: "ann"}, {Label: "到期时间", Note: "2026-11-22 08:00 UTC"}},
		},
		"a key is deleted": {
			api.Change{Kind: "access_key", Before: []byte(`{"access":"AK","name":"","user_id":"1","project":""}`)},
			[]valueChange{{Label: "Access key (AK)", Note: "AK"}}, []valueChange{{Label: "访问密钥 ID（AK）", Note: "AK"}},
		},
		"retention": {
			api.Change{Kind: api.KindAudit, Before: []byte(`{"days":0}`), After: []byte(`{"days":90}`)},
			[]valueChange{{Label: "How long the audit log is kept", Before: "For ever", After: "90 days"}},
			[]valueChange{{Label: "审计日志保留时间", Before: "永久保留", After: "90 天"}},
		},
		"an export": {
			api.Change{Kind: api.KindAudit, After: []byte(`{"text":"orders","kind":"link","way":"wire"}`)},
			[]valueChange{{Label: "Search text", Note: "orders"}, {Label: "Kind", Note: "Link"}, {Label: "Way", Note: "by API"}},
			[]valueChange{{Label: "搜索内容", Note: "orders"}, {Label: "类型", Note: "连接"}, {Label: "方式", Note: "通过 API"}},
		},
		"a request": {
			api.Change{Kind: api.KindRequest, After: []byte(`{"kind":"permission","action":"everyone","object":"1","reason":"why","digest":"d"}`)},
			[]valueChange{{Label: "Kind", Note: "Whitelist"}, {Label: "Action", Note: "Open to every account"}, {Label: "Reason", Note: "why"}},
			[]valueChange{{Label: "类型", Note: "白名单"}, {Label: "操作", Note: "向所有账号开放"}, {Label: "申请原因", Note: "why"}},
		},
		"alerts": {
			api.Change{Kind: api.KindHook, Before: []byte(`{"destination":"a","enabled":true,"url_mark":"1"}`), After: []byte(`{"destination":"a","enabled":false,"url_mark":"1"}`)},
			[]valueChange{{Label: "Send alerts", Before: "Yes", After: "No"}}, []valueChange{{Label: "发送通知", Before: "是", After: "否"}},
		},
		"a word that nobody knows": {
			api.Change{Kind: api.KindRequest, After: []byte(`{"kind":"ship","action":"sail"}`)},
			[]valueChange{{Label: "Kind", Note: "ship"}, {Label: "Action", Note: "sail"}},
			[]valueChange{{Label: "类型", Note: "ship"}, {Label: "操作", Note: "sail"}},
		},
		"what cannot be read": {api.Change{Kind: "user", After: []byte(`{"name":`)}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.en, objectValues(locale.With(t.Context(), locale.English), c.change))
			require.Equal(t, c.zh, objectValues(locale.With(t.Context(), locale.Chinese), c.change))
		})
	}
}
