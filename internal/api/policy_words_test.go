package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"switchboard/internal/api"
	"switchboard/internal/locale"
)

func TestAScheduleInWords(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string][2]string{
		"FREQ=DAILY;BYHOUR=2":                                                             {"Every day at 02:00 UTC", "每天 02:00（UTC）"},
		"FREQ=DAILY;BYHOUR=2,14,20;BYMINUTE=5":                                            {"Every day at 02:05, 14:05 and 20:05 UTC", "每天 02:05、14:05和20:05（UTC）"},
		"FREQ=DAILY;INTERVAL=3;BYHOUR=0":                                                  {"Every 3 days at 00:00 UTC", "每 3 天 00:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=FR,MO;BYHOUR=9":                                                {"On Monday and Friday at 09:00 UTC", "每周一和周五 09:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=SU;BYHOUR=9":                                                   {"On Sunday at 09:00 UTC", "每周日 09:00（UTC）"},
		"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=23":                                {"Every day at 23:00 UTC", "每天 23:00（UTC）"},
		"FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23": {"Every day at 00:00 01:00 … 23:00 UTC", "每天 00:00 01:00 … 23:00（UTC）"},
		"FREQ=DAILY": {"Enter at least one time of the day (BYHOUR).", "请至少输入一个时间（BYHOUR）。"},
	} {
		require.Equal(t, want[0], locale.In(locale.English, api.PatternWords(pattern)))
		require.Equal(t, want[1], locale.In(locale.Chinese, api.PatternWords(pattern)))
	}
}
