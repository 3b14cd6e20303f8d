import type { JSX } from 'preact'
import { Icon } from '../controls/icons'
import { toggle } from '../i18n/choice'
import { clockTime, language, say, t } from '../i18n/t'
import { room } from '../store/room'
import { connection, seesRoom, stale, who } from '../store/session'
import { FaultButton } from './faults'
import { openHelp } from './help'
import { StopButton, StopNote } from './stop'
import { minute } from './time'
import './header.css'

/** What is on every page: room, clock, connection, faults, help, language, STOP. */
export function Header({ page }: { page: string }): JSX.Element {
  return (
    <header class="header">
      <h1 class="header-room">
        {say(room.value?.name) || 'roomd'} {page && <small>{page}</small>}
      </h1>
      <time class="header-clock">{clockTime(minute.value)}</time>
      {seesRoom(who.value) && <Connection />}
      <span class="header-gap" />
      <FaultButton />
      <button type="button" class="plain header-help" onClick={openHelp}>
        <Icon name="question" /> <span>{t('help.label')}</span>
      </button>
      <LanguageButton />
      <StopButton place="header" />
      <StopNote />
    </header>
  )
}

function Connection(): JSX.Element {
  const up = connection.value === 'up' && !stale.value
  const words = up ? 'conn.up' : connection.value === 'lost' ? 'conn.down' : 'conn.connecting'
  return (
    <span class="connection" data-up={up}>
      <Icon name={up ? 'check' : 'offline'} /> <span>{t(words)}</span>
    </span>
  )
}

/** The other language, written in itself. */
export function LanguageButton(): JSX.Element {
  return (
    <button type="button" class="plain" lang={language.value === 'zh' ? 'en' : 'zh-CN'} onClick={toggle}>
      {t('lang.other')}
    </button>
  )
}
