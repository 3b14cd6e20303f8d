import type { JSX } from 'preact'
import type { IconName } from '../controls/icons'
import { Icon } from '../controls/icons'
import type { Control } from '../controls/index'
import { stateText } from '../controls/shown'
import { UpDown, type WayProps } from '../controls/updown'
import { number, t, word } from '../i18n/t'
import { ask, stopAll } from '../socket/actions'
import { point } from '../store/points'
import { tellsMotion } from '../store/room'
import { stale } from '../store/session'
import type { DeviceShape } from '../wire/wire.gen'
import { noteInterrupted } from './notes'
import { beginHold, shownOf, wordsOf } from './use'
import './motion_control.css'

interface Props {
  readonly device: DeviceShape
  readonly control: Extract<Control, { kind: 'updown' }>
}

/** A lift, screen or curtain: where it is, both ways, STOP between them. */
export function MotionControl({ device, control }: Props): JSX.Element {
  const off = stale.value || point(`${device.id}.online`).value?.value === false
  const holds = control.up.run === 'hold' || control.down.run === 'hold'
  return (
    <div class="motion">
      <Where device={device} control={control} />
      <UpDown
        up={wayOf(device, control, control.up)}
        down={wayOf(device, control, control.down)}
        stopLabel={t('stop.label')}
        disabled={off}
        onStop={stopAll}
        onInterrupted={noteInterrupted}
      />
      {holds && <p class="motion-safe">{t('lift.safe')}</p>}
    </div>
  )
}

/** Position as far as it is known, and whether it moves. */
function Where({ device, control }: Props): JSX.Element {
  const body = point(`${device.id}.moving`).value
  const moves = tellsMotion(body) && !stale.value
  const shown = shownOf(device, control.position, 'position')
  const end = shownOf(device, 'end' in device.points ? 'end' : null, 'end')
  const words = wordsOf(device, control.position, control)
  const place = typeof shown.value === 'number' ? shown.value : null
  const at = end.value !== null && end.value !== 'mid' && end.value !== 'unknown'
  return (
    <div class="where" role="status" aria-label={`${t('lift.position')} ${device.id}`} data-moving={moves}>
      <span class="where-bar" data-quality={shown.quality} aria-hidden="true">
        <span style={{ inlineSize: `${place ?? 0}%` }} />
      </span>
      <span class="where-words">
        {moves && <b>{movingWords(body?.desired ?? body?.value)}</b>}
        {!moves && !stale.value && body?.value != null && <b>{t('lift.still')}</b>}
        <span>
          {place === null
            ? t('lift.unplaced')
            : whereText(shown.quality, stateText(shown, words, false), place)}
        </span>
        {at && <span>{word('value', String(end.value))}</span>}
      </span>
    </div>
  )
}

function whereText(quality: string, text: string, place: number): string {
  return quality === 'assumed' ? `${number(place, 0)}% · ${t('quality.estimated')}` : text
}

function movingWords(value: unknown): string {
  const way = typeof value === 'string' && value !== 'none' ? ` · ${word('value', value)}` : ''
  return `${t('lift.moving')}${way}`
}

/** The words on a button: what it does to this kind of thing, and whether it must be held. */
function wayOf(device: DeviceShape, control: Props['control'], way: Props['control']['up']): WayProps {
  return {
    label: wayLabel(device.kind, way.command, way.run),
    icon: ICONS[way.command] ?? 'up',
    run: way.run,
    begin: beginHold(device, control.id, way.command, {}),
    onTap: () => ask(device.id, control.id, way.command, {}),
  }
}

const ICONS: Readonly<Record<string, IconName>> = { up: 'up', down: 'down', open: 'open', close: 'shut' }

/** The words on the button of one way. */
export function wayLabel(kind: string, command: string, run: 'hold' | 'tap'): string {
  if (kind === 'screen' && run === 'tap') return t(command === 'up' ? 'lift.screenUp' : 'lift.screenDown')
  switch (command) {
    case 'up':
      return t(run === 'hold' ? 'lift.up' : 'lift.upTap')
    case 'down':
      return t(run === 'hold' ? 'lift.down' : 'lift.downTap')
    case 'open':
      return t(run === 'hold' ? 'lift.open' : 'lift.openTap')
    default:
      return t(run === 'hold' ? 'lift.close' : 'lift.closeTap')
  }
}

/** Told when the tablet itself cuts long presses short. */
export function InterruptedNote(): JSX.Element {
  return (
    <p class="ending" data-end="refused">
      <Icon name="hand" /> {t('lift.interrupted')}
    </p>
  )
}
