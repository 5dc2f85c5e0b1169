package templates

// htmxConfig keeps htmx inside our content security policy and its hands off
// the page's secrets: nothing is evaluated, no page is stored in the browser,
// and only our own server is asked. A refused form (422) is swapped like a good
// one; other errors are left to app.js, which shows them as a message.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,` +
	`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"defaultSettleDelay":0,` +
	`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},` +
	`{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}`
