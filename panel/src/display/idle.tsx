import type { JSX } from 'preact'
import { clockTime, language, longDate, say, t } from '../i18n/t'
import { Gate } from '../shell/gate'
import { minute } from '../shell/time'
import { room } from '../store/room'
import { connection, stale } from '../store/session'
import './idle.css'

/** The wall while nothing is shown on it: which room, what time, whether the controller is there. */
export function Idle(): JSX.Element {
  const up = connection.value === 'up' && !stale.value
  return (
    <Gate>
      <main class="idle" data-language={language.value}>
        <h1>{say(room.value?.name) || 'roomd'}</h1>
        <time class="idle-clock">{clockTime(minute.value)}</time>
        <p>{longDate(minute.value)}</p>
        <p class="idle-state" role="status">
          {up ? '' : t('idle.waiting')}
        </p>
      </main>
    </Gate>
  )
}
