import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { Icon } from '../controls/icons'
import { codeWords, t } from '../i18n/t'
import { stopAll } from '../socket/actions'
import { named } from '../store/names'
import { moving } from '../store/room'
import { stop, stopAnswers } from '../store/session'
import './stop.css'

/** STOP. Needs no role, no connection and no waiting; nothing ever disables or covers it. */
export function StopButton({ place }: { place: 'header' | 'bar' | 'page' }): JSX.Element {
  const moves = moving.value.length > 0
  return (
    <button type="button" class={`stop stop-${place}`} data-moving={moves} onClick={stopAll}>
      <Icon name="stop" /> <span>{t('stop.label')}</span>
    </button>
  )
}

const REACHED = new Set(['confirmed', 'sent'])

const READ_MS = 8000

/** What became of the last STOP; good news goes away by itself, bad news stays. */
export function StopNote(): JSX.Element | null {
  const state = stop.value
  useEffect(() => {
    if (state !== 'answered' || missedIds().length > 0) return
    const timer = setTimeout(() => {
      stop.value = 'idle'
    }, READ_MS)
    return () => clearTimeout(timer)
  }, [state])
  if (state === 'idle') return null
  if (state === 'asking') return <Note look="wait" text={t('stop.asking')} />
  if (state === 'unconfirmed') return <Note look="bad" text={codeWords('stop.unconfirmed', {}) ?? ''} />
  const missed = missedIds()
  if (missed.length === 0) return <Note look="good" text={codeWords(goodNews(), {}) ?? ''} />
  const words = missed.map((device) => codeWords('stop.offline', named({ device })) ?? device)
  return <Note look="bad" text={words.join(' ')} />
}

function missedIds(): string[] {
  return Object.entries(stopAnswers.value)
    .filter(([, answer]) => !REACHED.has(answer.outcome))
    .map(([device]) => device)
}

/** Only what every device itself has confirmed is said to have stopped. */
function goodNews(): string {
  const answers = Object.values(stopAnswers.value)
  if (answers.length === 0) return 'stop.nothing'
  return answers.every((answer) => answer.outcome === 'confirmed') ? 'stop.confirmed' : 'stop.sent'
}

function Note({ look, text }: { look: string; text: string }): JSX.Element {
  return (
    <div class="stop-note" data-look={look} role={look === 'bad' ? 'alert' : 'status'}>
      <Icon name={look === 'good' ? 'check' : look === 'bad' ? 'warn' : 'ring'} turning={look === 'wait'} />
      <span>{text}</span>
      <button type="button" class="plain" onClick={() => (stop.value = 'idle')}>
        {t('sheet.close')}
      </button>
    </div>
  )
}
