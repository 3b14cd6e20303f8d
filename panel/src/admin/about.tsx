import type { JSX } from 'preact'
import { say, t } from '../i18n/t'
import { room } from '../store/room'
import { ignored } from '../store/session'

/** What runs here. */
export function About(): JSX.Element {
  const shape = room.value
  const facts = [
    [t('admin.room'), `${say(shape?.name)} (${shape?.id ?? '—'})`],
    [t('admin.version'), shape?.version ?? '—'],
    [t('admin.build'), shape?.build ?? '—'],
    [t('admin.devicesCount'), String(shape?.devices.length ?? 0)],
    [t('admin.ignored'), String(ignored.value)],
  ] as const
  return (
    <dl class="about">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
